/* Puts the page into the state it was left in, before anything is painted. Not a module, because
   browsers run modules only after the first paint. */

(() => {
  const root = document.documentElement;
  const { prefix, user, workshop, chapters, only } = root.dataset;

  const kept = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? {};
    } catch {
      return {}; // storage is off, or holds something strange: the page starts as new
    }
  };
  const look = kept("workshop.look");
  const place = kept(`workshop.place/${user}/${workshop}`);

  if (["light", "dark"].includes(look.theme)) root.dataset.theme = look.theme;
  if (look.scale >= 0.5 && look.scale <= 3) root.style.setProperty("--scale", look.scale);
  if (place.split >= 20 && place.split <= 80) root.style.setProperty("--split", `${place.split}%`);
  root.dataset.view = only ?? (["notes", "work"].includes(place.view) ? place.view : "both");
  root.dataset.pane = place.pane === "work" ? "work" : "notes";
  if (place.codeSeen) root.dataset.codeSeen = "";

  const known = chapters.split(" ");
  const elsewhere = known.includes(place.chapter) && place.chapter !== known[0];
  if (location.pathname === prefix && !location.hash && elsewhere) {
    location.replace(`${prefix}chapters/${place.chapter}${location.search}`);
  }
  const slug = location.pathname.slice(`${prefix}chapters/`.length) || known[0];
  // The notes are shown once they are scrolled to where the reader was.
  if (place.scroll?.[slug] && !location.hash) root.dataset.restoring = "";
})();
