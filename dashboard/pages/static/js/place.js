/* Where the reader was, kept in the browser by user and workshop, and how the page looks, kept for all. */

const { user, workshop, prefix, only, kind: usual } = document.documentElement.dataset;
const PLACE = `workshop.place/${user}/${workshop}`;
const UNDERWAY = `workshop.underway/${user}/${workshop}`;
const LOOK = "workshop.look";
const LATER = 200;

const changes = {};
let timer = 0;

function read(name, storage = "localStorage") {
  try {
    return JSON.parse(window[storage].getItem(name)) ?? {};
  } catch {
    return {}; // storage is off, or holds something strange: the page starts as new
  }
}

function write(name, value, storage = "localStorage") {
  try {
    window[storage].setItem(name, JSON.stringify(value));
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

/** Which view of terminals is shown: xterm or butterfly. */
export const kind = () => look.kind ?? usual;

/** The theme terminals have: dark, unless the reader wants them like the page. */
export function terminalTheme() {
  if (look.dark) return "dark";
  return look.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

const running = read(UNDERWAY, "sessionStorage");

/** What was asked of terminals and had not ended when the page was left, in this tab: {id, …} each. */
export const left = () => Object.entries(running).map(([id, run]) => ({ id, ...run }));

/** Keeps how a run stands, through a reload. */
export function keepRun({ id, ...run }) {
  running[id] = run;
  write(UNDERWAY, running, "sessionStorage");
}

/** Forgets a run that is over. */
export function dropRun(id) {
  delete running[id];
  write(UNDERWAY, running, "sessionStorage");
}

addEventListener("pagehide", save);
document.addEventListener("visibilitychange", () => document.hidden && save());
