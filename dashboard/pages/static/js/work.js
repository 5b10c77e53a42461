/* The work area: its tabs, how many terminals stand in one, and which frames are on screen. */

import { drop, frame, tell } from "./frames.js";
import { keep, place } from "./place.js";

const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
const narrow = matchMedia("(max-width: 900px)");
const stage = find("#stage");
const GRID = ["1", "2", "3"];
const NAME = /^[a-z0-9-]{1,32}$/;

/** One terminal in a tab of its own. */
function terminalTab(name) {
  const title = /^\d+$/.test(name) ? `Terminal ${name}` : name;
  return { id: `terminal-${name}`, title, frames: () => [name], closes: name };
}

/** What can be shown. A tab says which frames it shows; a tab of another kind is a further row here,
    and `address` in frames.js says where its frame lies. */
const tabs = [
  { id: "terminal", title: "Terminal", frames: () => GRID.slice(0, layout), grid: true },
  ...(place.extra ?? []).filter((name) => NAME.test(name)).map(terminalTab),
];
// A small screen has room for one terminal, whatever the workshop begins with.
let layout = place.layout ?? (narrow.matches ? 1 : Number(root.dataset.terminals) || 1);
let active = tabs.find(({ id }) => id === place.tab) ?? tabs[0];

/** Whether the work area is on screen. */
function onScreen() {
  if (root.dataset.only) return false;
  return narrow.matches ? root.dataset.pane === "work" : root.dataset.view !== "notes";
}

/** The terminal that a person most likely means: the first one on screen. */
export const current = () => active.frames()[0];

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
  if (GRID.includes(name)) {
    layout = Math.max(layout, Number(name));
    active = tabs[0];
  } else {
    active = tabs.find(({ closes }) => closes === name);
    if (!active) tabs.push((active = terminalTab(name)));
  }
  frame(name);
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
  const extra = tabs.filter(({ closes }) => closes).map(({ closes }) => closes);
  keep({ layout, extra, tab: active.id, view: root.dataset.view });
  sync();
}

function choose(tab) {
  active = tab;
  remember();
}

function close() {
  if (!active.closes) return;
  drop(active.closes);
  const at = tabs.indexOf(active);
  tabs.splice(at, 1);
  choose(tabs[at - 1]);
  find("#tabs [aria-selected=true]").focus();
}

function open() {
  let number = GRID.length + 1;
  while (tabs.some(({ closes }) => closes === String(number))) number += 1;
  show(String(number));
  tell(current(), { type: "focus" });
}

/** Makes the page look as the state says; frames come into being only when they are on screen. */
export function sync() {
  const names = active.frames();
  if (onScreen()) names.forEach(frame);
  for (const box of stage.querySelectorAll(".frame")) {
    const at = names.indexOf(box.dataset.name);
    box.hidden = at < 0;
    box.style.order = at;
  }
  stage.dataset.count = names.length;
  drawTabs();
  find("#layouts").hidden = !active.grid;
  find("#close-tab").hidden = !active.closes;
  find("#close-tab").setAttribute("aria-label", `Close ${active.title}`);
  for (const [kind, value] of [["layout", String(layout)], ["view", root.dataset.view], ["pane", root.dataset.pane]]) {
    for (const button of document.querySelectorAll(`button[data-${kind}]`)) button.ariaPressed = String(button.dataset[kind] === value);
  }
}

function drawTabs() {
  const list = find("#tabs");
  for (const gone of [...list.children].filter(({ id }) => !tabs.some((tab) => id === `tab-${tab.id}`))) gone.remove();
  for (const tab of tabs) {
    const button = document.getElementById(`tab-${tab.id}`) ?? find("#tab-part").content.firstElementChild.cloneNode(true);
    if (!button.id) list.append(Object.assign(button, { id: `tab-${tab.id}`, textContent: tab.title, onclick: () => choose(tab) }));
    button.ariaSelected = String(tab === active);
    button.tabIndex = tab === active ? 0 : -1;
  }
  stage.setAttribute("aria-labelledby", `tab-${active.id}`);
}

function steer(event) {
  const at = tabs.indexOf(active);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (event.key === "Delete") return close();
  if (to === undefined) return;
  event.preventDefault();
  choose(tabs[(to + tabs.length) % tabs.length]);
  find("#tabs [aria-selected=true]").focus();
}

find("#tabs").addEventListener("keydown", steer);
find("#new-terminal").addEventListener("click", open);
find("#close-tab").addEventListener("click", close);
find("#layouts").addEventListener("click", ({ target }) => {
  layout = Number(target.closest("[data-layout]")?.dataset.layout ?? layout);
  remember();
});
narrow.addEventListener("change", sync);
