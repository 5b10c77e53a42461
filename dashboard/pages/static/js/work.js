/* The work area: its tabs, how many terminals stand in one, and which frames are on screen. */

import { check } from "./banner.js";
import { before, drop, frame } from "./frames.js";
import { GRID, isShown, keep, place, shown, tabs, terminalTab } from "./place.js";

const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
const narrow = matchMedia("(max-width: 900px)");
const stage = find("#stage");
/** The buttons at the end of the row: for which tabs they are there. */
const BUTTONS = [
  ["#reload-tab", "Reload", ({ pane }) => pane],
  ["#window-tab", "Open in a window:", ({ pane, address }) => pane && address],
  ["#close-tab", "Close", (tab) => tab.closes || place.opened?.includes(tab.id)],
];
// A small screen has room for one terminal, whatever the workshop begins with.
let layout = place.layout ?? (narrow.matches ? 1 : Number(root.dataset.terminals) || 1);
let active = tabs.find(({ id }) => id === place.tab) ?? tabs[0];

/** What shows pages of any kind is loaded when the first of them is. */
const panes = () => import("./panes.js");
for (const tab of tabs) if (tab.kind === "terminal") before(tab.at, () => panes().then(({ start }) => start(tab)));

/** The frames of a tab that are on screen when it is. */
const framesOf = ({ kind, frames }) => (kind === "grid" ? frames.slice(0, layout) : frames);

/** Whether the work area is on screen. */
function onScreen() {
  if (root.dataset.only) return false;
  return narrow.matches ? root.dataset.pane === "work" : root.dataset.view !== "notes";
}

/** The tab on screen. */
export const selected = () => active;

/** The terminal that a person most likely means: the first one on screen. */
export const current = () => (active.pane ? GRID[0] : framesOf(active)[0]);

/** Shows the notes, the work, or both side by side. */
export function view(name) {
  root.dataset.view = name;
  keep({ view: name });
  sync();
}

/** Switches the panes of a narrow page. */
export function pane(name) {
  root.dataset.pane = name;
  keep({ pane: name });
  sync();
}

/** Brings a terminal on screen: in the layout that has it, or in a tab of its own. */
export function show(name) {
  const grid = GRID.includes(name) && tabs.find(({ kind }) => kind === "grid");
  if (grid) layout = Math.max(layout, Number(name));
  const found = grid || tabs.find((tab) => !tab.pane && tab.frames.includes(name));
  if (!found) tabs.push(terminalTab(name));
  open(found ?? tabs.at(-1));
  frame(name);
}

/** Brings a tab on screen, also one that is not of this chapter. */
export function open(tab) {
  active = tab;
  if (!isShown(tab)) keep({ opened: [...(place.opened ?? []), tab.id], closed: place.closed?.filter((id) => id !== tab.id) });
  // On a narrow page the reader stays in the notes: the card says what became of the command.
  if (!narrow.matches) reveal("work");
  remember();
}

/** Brings one of the two sides on screen, however the page is arranged. */
export function reveal(side) {
  if (narrow.matches) pane(side);
  else if (![side, "both"].includes(root.dataset.view)) view("both");
}

function remember() {
  const added = (pane) => tabs.filter((tab) => tab.closes && Boolean(tab.pane) === pane).map(({ closes }) => closes);
  keep({ layout, extra: added(false), ports: added(true), tab: active.id, view: root.dataset.view });
  sync();
}

/** Shows a tab that is there. */
export function choose(tab) {
  active = tab;
  remember();
}

/** Takes a tab away; the one before it is shown. */
export function close(tab) {
  const at = Math.max(0, shown().indexOf(tab) - 1);
  if (tab.pane) panes().then((all) => all.drop(tab)).catch(check);
  else if (tab.closes) drop(tab.closes);
  if (tab.closes) tabs.splice(tabs.indexOf(tab), 1);
  else keep({ closed: [...(place.closed ?? []), tab.id], opened: place.opened?.filter((id) => id !== tab.id) });
  choose(tab === active ? shown()[at] : active);
}

/** Makes the page look as the state says; frames come into being only when they are on screen. */
export function sync() {
  if (!shown().includes(active)) [active] = shown();
  if (onScreen() && active.pane) panes().then(({ pane }) => pane(active)).catch(check);
  else if (onScreen()) framesOf(active).forEach(frame);
  arrange();
  drawTabs();
  find("#layouts").hidden = active.kind !== "grid";
  for (const [id, words, there] of BUTTONS) {
    const button = find(id);
    button.hidden = !there(active);
    button.title = button.ariaLabel = `${words} ${active.title}`;
  }
  if (active.pane) find("#window-tab").href = active.address;
  for (const [kind, value] of [["layout", String(layout)], ["view", root.dataset.view], ["pane", root.dataset.pane]]) {
    for (const button of document.querySelectorAll(`button[data-${kind}]`)) button.ariaPressed = String(button.dataset[kind] === value);
  }
}

/** Puts the frames that there are in their places. */
export function arrange() {
  const names = framesOf(active);
  stage.dataset.count = names.length;
  for (const box of stage.querySelectorAll(".frame")) {
    const at = names.indexOf(box.dataset.name);
    box.hidden = at < 0;
    box.style.order = at;
  }
}

function drawTabs() {
  const list = find("#tabs");
  const there = shown();
  for (const gone of [...list.children].filter(({ id }) => !there.some((tab) => id === `tab-${tab.id}`))) gone.remove();
  there.forEach((tab, at) => {
    const button = document.getElementById(`tab-${tab.id}`) ?? find("#tab-part").content.firstElementChild.cloneNode(true);
    if (!button.id) Object.assign(button, { id: `tab-${tab.id}`, textContent: tab.title, onclick: () => choose(tab) });
    if (list.children[at] !== button) list.insertBefore(button, list.children[at] ?? null);
    button.ariaSelected = String(tab === active);
    button.tabIndex = tab === active ? 0 : -1;
  });
  stage.setAttribute("aria-labelledby", `tab-${active.id}`);
}

find("#layouts").addEventListener("click", ({ target }) => {
  layout = Number(target.closest("[data-layout]")?.dataset.layout ?? layout);
  remember();
});
narrow.addEventListener("change", sync);
