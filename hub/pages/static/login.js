/** Forms that are sent once, and a password that can be looked at. */

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button.primary");
    button.textContent = form.dataset.once;
    // Disabled after the form's data has been taken, or the browser would not send it.
    setTimeout(() => { button.disabled = true; });
  });
}

for (const button of document.querySelectorAll("button[data-shows]")) {
  const input = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(shown));
  });
}
// A page that comes back from the browser's history must be usable again.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
