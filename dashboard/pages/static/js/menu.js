/* The menu of the page: its keys, and what each of its items does. */

import { address, dress, reload } from "./frames.js";
import { turn } from "./notes.js";
import { keepLook, kind, look } from "./place.js";
import { current, view } from "./work.js";

const root = document.documentElement;
const menu = document.querySelector("#menu");
const opener = document.querySelector("#menu-button");
const items = [...menu.querySelectorAll("[role^=menuitem]")];
const SIZES = [0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];
const FONT = 14;

function size(step) {
  const nearest = SIZES.reduce((best, each) => (Math.abs(each - look.scale) < Math.abs(best - look.scale) ? each : best));
  const scale = SIZES[SIZES.indexOf(nearest) + step];
  if (!scale) return;
  keepLook({ scale, font: Math.round(FONT * scale) });
  root.style.setProperty("--scale", scale);
  dress();
}

const actions = {
  reloadNotes: () => turn(location.href, { push: false, fresh: true }),
  openNotes() {
    const url = new URL(location.href);
    url.search = "?notes";
    if (window.open(url, "workshop-notes", "popup,width=620,height=900")) view("work");
  },
  reloadTerminal: () => reload(current()),
  openTerminal: () => window.open(address(current()), "_blank"),
  smaller: () => size(-1),
  larger: () => size(1),
  theme(value) {
    keepLook({ theme: value });
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
    dress();
  },
  kind(value) {
    if (value === kind()) return;
    keepLook({ kind: value });
    reload();
  },
  dark() {
    keepLook({ dark: !look.dark });
    dress();
  },
  addresses: () => import("./addresses.js").then(({ show }) => show()),
  help: () => document.querySelector("#help").showPopover(),
};

function draw() {
  for (const item of items) {
    const { do: what, value } = item.dataset;
    if (what === "theme") item.ariaChecked = String(look.theme === value);
    else if (what === "kind") item.ariaChecked = String(kind() === value);
    else if (what === "dark") item.ariaChecked = String(look.dark);
  }
  menu.querySelector("#scale-words").textContent = `${Math.round(look.scale * 100)} %`;
}

const begins = (item, letter) => item.textContent.trim().toLowerCase().startsWith(letter.toLowerCase());

function steer(event) {
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const letter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key.trim();
  if (event.key === "Tab") return menu.hidePopover();
  let to;
  if (step) to = items[(at + step + items.length) % items.length];
  else if (event.key === "Home") to = items[0];
  else if (event.key === "End") to = items.at(-1);
  else if (letter) to = [...items.slice(at + 1), ...items].find((item) => begins(item, letter));
  if (!to) return undefined;
  return to.focus();
}

function opened({ newState }) {
  opener.ariaExpanded = String(newState === "open");
  if (newState !== "open") return;
  draw();
  items[0].focus();
}

function choose({ target }) {
  const item = target.closest("[data-do]");
  if (!item) return;
  if (!("stay" in item.dataset)) menu.hidePopover();
  actions[item.dataset.do](item.dataset.value);
  draw();
}

/** Does what an event at the menu or at its button asks for. */
export function handle(event) {
  const atMenu = menu.contains(event.target);
  if (event.type === "toggle") opened(event);
  else if (event.type === "click") choose(event);
  else if (event.type === "keydown" && atMenu) steer(event);
  else if (event.key === "ArrowDown") menu.showPopover();
}
