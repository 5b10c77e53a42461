/* The small tools at the top right of the screen: name, search, save, letters, screen reader. */

import { recall, remember, tell } from "./page.js";

/** Makes the buttons work. */
export function create({ given, find, screen, search, shell, use }) {
  const title = find(".tools-title");
  const form = find(".rename");
  const name = form.elements.name;

  const actions = {
    "tools-title": rename,
    "tool-search": search,
    "tool-save": () => use("save", "save"),
    "tool-larger": () => letters(1),
    "tool-smaller": () => letters(-1),
    "tool-reader": readAloud,
  };
  form.addEventListener("submit", named);
  form.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  form.addEventListener("focusout", ({ relatedTarget }) => !form.contains(relatedTarget) && close());

  function rename() {
    name.value = recall(`title.${given.name}`) ?? "";
    name.placeholder = shell.title || title.textContent;
    form.hidden = false;
    name.focus();
  }

  function named(event) {
    event.preventDefault();
    const chosen = name.value.trim().slice(0, 60);
    remember(`title.${given.name}`, chosen || undefined);
    title.textContent = chosen || given.name;
    shell.retitle();
    close();
    screen.term.focus();
  }

  function close() {
    form.hidden = true;
  }

  function letters(step) {
    const size = Math.min(32, Math.max(8, screen.term.options.fontSize + step));
    remember("font", size);
    screen.letters(size);
    tell("font", { size });
  }

  function readAloud() {
    const on = !screen.term.options.screenReaderMode;
    screen.term.options.screenReaderMode = on;
    remember("reader", on);
    find(".tool-reader").setAttribute("aria-pressed", String(on));
  }

  /** Does what the button that holds `target` is for. */
  function press(target) {
    const button = target.closest("button");
    const action = button && Object.keys(actions).find((name) => button.classList.contains(name));
    if (action) actions[action]();
  }

  return { press };
}
