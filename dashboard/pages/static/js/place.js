/* Where the reader was, in which chapter and among which tabs, kept in the browser by user and workshop;
   and how the page looks, kept for all. */

const { user, workshop, prefix, only, kind: usual, tabs: workshops } = document.documentElement.dataset;
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

/** The terminals that stand side by side in one tab. */
export const GRID = ["1", "2", "3"];
const NAME = /^[a-z0-9-]{1,32}$/;

/** One terminal in a tab of its own. */
export function terminalTab(name) {
  const title = /^\d+$/.test(name) ? `Terminal ${name}` : name;
  return { id: `terminal-${name}`, title, frames: [name], closes: name };
}

/** A program that was noticed, in a tab of its own. */
export function portTab(port) {
  const address = `${base}port/${port}/`;
  return listed({ id: `port-${port}`, title: `Port ${port}`, kind: "port", at: String(port), address, root: address, closes: port });
}

/** A tab as the workshop lists it, with its frames: what is no terminal has one of panes.js. */
function listed(tab) {
  if (tab.kind === "grid") return { ...tab, frames: GRID };
  if (tab.kind === "terminal") return { ...tab, frames: [tab.at] };
  return { ...tab, pane: true, frames: [`tab:${tab.id}`] };
}

/** All tabs, in their order; which of them are there now `shown` says. */
export const tabs = JSON.parse(workshops).map(listed);
const isNew = (name) => NAME.test(name) && !tabs.some(({ frames }) => frames.includes(name));
tabs.push(...(place.extra ?? []).filter(isNew).map(terminalTab));
tabs.push(...(place.ports ?? []).filter(Number.isInteger).map(portTab));

/** Whether a tab is there: in this chapter, or since an action has opened it and until one closes it. */
export function isShown({ id, chapters }) {
  const { opened = [], closed = [], chapter } = place;
  return opened.includes(id) || (!closed.includes(id) && (chapters?.includes(chapter) ?? true));
}

/** The tabs that are there now; never none. */
export function shown() {
  const found = tabs.filter(isShown);
  return found.length ? found : tabs.slice(0, 1);
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
