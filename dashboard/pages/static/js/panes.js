/* Tabs that are no terminals: a frame each, made when first shown, and what stands in its place until it can be. */

import { ready, where } from "./console.js";
import { addressOf, isPaper, sandbox } from "./kinds.js";
import { trouble } from "./outside.js";
import { active, begin, home, wait } from "./ports.js";
import { arrange, reveal, selected, show } from "./work.js";

const stage = document.querySelector("#stage");
const part = document.querySelector("#pane-part");
const made = new Map();
const BLANK = "about:blank";

/** The frame of a tab, made when there is none. */
export function pane(tab) {
  if (!made.has(tab.id)) made.set(tab.id, make(tab));
  arrange();
  return made.get(tab.id);
}

function make(tab, page = tab.address) {
  const box = part.content.firstElementChild.cloneNode(true);
  const view = box.querySelector("iframe");
  box.dataset.name = `tab:${tab.id}`;
  view.title = tab.title;
  const limits = sandbox(tab);
  if (limits !== null) view.sandbox = limits;
  box.addEventListener("click", ({ target }) => {
    if ("out" in target.dataset) leave();
    else if ("output" in target.dataset) show(home(tab));
  });
  stage.append(box);
  const one = { tab, box, view, page, turn: 0, shows: false };
  // Not before: a frame that is put on a page says at once that nothing is loaded.
  view.addEventListener("load", () => arrived(one));
  load(one);
  return one;
}

/** Hands the keyboard back to the page. */
function leave() {
  reveal("notes");
  document.querySelector("#notes").focus();
}

/** Takes a tab's frame away. */
export function drop({ id }) {
  made.get(id)?.box.remove();
  made.delete(id);
}

/** Loads a tab again, at the page that it shows. */
export function reload(tab) {
  const one = pane(tab);
  one.page = where(one);
  load(one);
}

/** Has the frame go somewhere, without a step that the browser's way back would undo. */
function go(one, address) {
  one.shows = address !== BLANK;
  if (one.view.getAttribute("src")) one.view.contentWindow.location.replace(address);
  else one.view.src = address;
}

/** Leaves the page that is shown; resolved when it is gone. */
function clear(one) {
  one.box.classList.remove("ready");
  if (!one.view.getAttribute("src")) return Promise.resolve();
  const gone = new Promise((done) => one.view.addEventListener("load", done, { once: true }));
  go(one, BLANK);
  return gone;
}

/** The page is there; where it is of our origin, the key that leads out of a terminal leads out of it too. */
function arrived({ box, view, shows }) {
  box.classList.toggle("ready", shows);
  try {
    // Before the page itself: an editor takes every key.
    view.contentWindow.addEventListener("keydown", (event) => {
      active();
      if (event.key !== "F6" || !event.shiftKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leave();
    }, true);
    view.contentWindow.addEventListener("pointerdown", active);
  } catch {
    return; // a page of others: the buttons around it lead out
  }
}

/** Shows a page of the tab; one that would lead away from it is not shown. */
export function visit(tab, page) {
  const there = addressOf(tab, page);
  if (!there) return;
  const fresh = !made.has(tab.id);
  const one = fresh ? make(tab, there) : pane(tab);
  made.set(tab.id, Object.assign(one, { page: there }));
  arrange();
  if (fresh) return;
  if (tab.kind === "slides" && !isPaper(tab) && one.shows) go(one, there); // a PDF's viewer looks when it begins
  else load(one);
}

async function load(one) {
  const { tab } = one;
  const turn = (one.turn += 1);
  const gone = clear(one);
  say(one, `Opening ${tab.title} …`);
  const asked = { wanted: () => one.turn === turn && one.box.isConnected, onScreen: () => !document.hidden && !one.box.hidden };
  if (tab.kind === "port" && !(await wait(tab, { ...asked, say: (...now) => waiting(one, ...now) }))) return;
  if (tab.kind === "console" && !(await ready(tab, { ...asked, say: (...now) => say(one, ...now) }))) return;
  const why = tab.kind === "url" ? await trouble(tab) : "";
  await gone;
  if (one.turn !== turn) return;
  if (why) say(one, why, { elsewhere: true });
  else go(one, one.page);
}

function waiting(one, port, long) {
  const { command, title } = one.tab;
  if (!command) say(one, `Nothing listens on port ${port} yet. Start the program in a terminal; this tab opens by itself.`);
  else if (long) say(one, `${title} was started, but it does not listen on port ${port} yet.`, { output: true });
  else say(one, `Starting ${title} …`);
}

function say({ box, page }, words, { output = false, elsewhere = false } = {}) {
  const line = box.querySelector(".frame-words");
  if (line.textContent !== words) line.textContent = words; // said once, however often it is found so
  box.querySelector("[data-output]").hidden = !output;
  const link = box.querySelector("a");
  link.hidden = !elsewhere;
  link.href = page;
}

/** Has a terminal of the workshop's begin as it says. */
export const start = (tab) => begin(tab.at, tab);

// Whoever goes into a frame of others is heard of by this alone.
addEventListener("blur", () => document.activeElement?.closest(".pane") && active());
// What is opened in a window is what is shown here now.
document.querySelector("#window-tab").onclick = (event) => (event.currentTarget.href = where(pane(selected())));
