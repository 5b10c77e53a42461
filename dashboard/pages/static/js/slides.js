/* A deck of slides, in a tab or in a window of its own; the address says which slide is shown. */

const { default: Reveal } = await import(document.body.dataset.reveal);
const deck = new Reveal(document.querySelector(".reveal"), {
  embedded: true, // keys belong to the deck only while it has the focus
  hash: true,
  transition: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "slide",
  width: 1080,
  height: 720,
  margin: 0.06,
  scrollActivationWidth: null, // a narrow tab shows one slide, as a wide one does
});

/** Slides are plain pages for whoever reads them without the deck: its theme names look to ours. */
const dress = (theme) => theme && (document.documentElement.dataset.theme = theme);

try {
  dress(JSON.parse(localStorage.getItem("workshop.look"))?.theme);
} catch {
  dress(""); // storage is off, or holds something strange: the system's colours serve
}
await deck.initialize();
document.body.dataset.ready = "";
