/* Where the reader was, kept in the browser by user and workshop, and how the page looks, kept for all. */

const { user, workshop, prefix, only } = document.documentElement.dataset;
const PLACE = `workshop.place/${user}/${workshop}`;
const LOOK = "workshop.look";
const LATER = 200;

const changes = {};
let timer = 0;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {}; // storage is off, or holds something strange: the page starts as new
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    return; // storage is off or full: the place lasts as long as the page
  }
}

/** The prefix of all our addresses, with a slash at its end. */
export const base = prefix;

/** The place as it was when the page opened, with the changes since. */
export const place = { scroll: {}, marks: {}, read: {}, ...read(PLACE) };
if (![1, 2, 3].includes(place.layout)) delete place.layout;

/** Theme, text size and the like; the same for all workshops. */
export const look = { theme: "", scale: 1, font: 14, dark: true, ...read(LOOK) };

function save() {
  clearTimeout(timer);
  timer = 0;
  // Another window of the same person may have written meanwhile: only what changed here is put in.
  if (Object.keys(changes).length) write(PLACE, { ...read(PLACE), ...changes });
}

/** Keeps parts of the place; written a moment later, at the latest when the page goes. */
export function keep(parts) {
  Object.assign(place, parts);
  // A window with nothing but notes leaves how the main window is arranged alone.
  const { view, pane, ...rest } = parts;
  Object.assign(changes, only ? rest : parts);
  timer ||= setTimeout(save, LATER);
}

/** Keeps parts of the look. */
export function keepLook(parts) {
  Object.assign(look, parts);
  write(LOOK, { ...read(LOOK), ...parts });
}

addEventListener("pagehide", save);
document.addEventListener("visibilitychange", () => document.hidden && save());
