/* The terminal view: screen, connection, notices and the page around it, put together. */

import { TerminalLink } from "./link.js";
import { Notice, connectionWords } from "./notice.js";
import { dress, framed, leave, listen, logIn, recall, remember, tell, tellConnection } from "./page.js";
import { Screen, accelerated } from "./screen.js";
import { ShellState } from "./shell.js";
import { attach } from "./shortcuts.js";

const OFFLINE = "Not connected: this key was not sent.";
const MISSING = "Not connected: this could not be loaded.";
const given = document.body.dataset;
const find = (selector) => document.querySelector(selector);
const parts = {};
let screen = null;
let fresh = true; // not connected yet
let foreign = false; // the size is that of another view

const notice = new Notice(find(".notice"), (shown) => screen?.lift(shown));
const url = new URL(given.socket, location.href);
url.protocol = url.protocol.replace("http", "ws");
const link = new TerminalLink({
  url,
  session: new URL(given.session, location.href),
  on: { geometry: () => screen?.size, state: connection, opened, message, output },
});
/** What the parts of the view share; `modify` changes the next key (a sticky Ctrl). */
const view = { given, find, link, notice, part, use, modify: null, type, search, focus: () => screen.term.focus() };
const shell = (view.shell = new ShellState(view));

/** A part of the view, loaded when it is first needed; what failed is tried again the next time. */
function part(name) {
  parts[name] ??= import(`./${name}.js`).then(({ create }) => create(view));
  parts[name].catch(() => delete parts[name]);
  return parts[name];
}

/** Calls a function of a part, or says that it cannot be had. */
function use(name, action, ...values) {
  return part(name).then((made) => made[action](...values), () => notice.pass(MISSING));
}

async function start() {
  const vendor = await Promise.all([given.xterm, given.unicode].map((from) => import(from)));
  const typed = (data, human) => type(human && view.modify ? view.modify(data) : data, human);
  const on = { typed, resized, rendered: (offset) => link.receipts.rendered(offset) };
  const options = { fontSize: recall("font") ?? 14, screenReaderMode: recall("reader") === true };
  screen = view.screen = new Screen(Object.assign({}, ...vendor), find(".screen"), on, options);
  if (screen.size) screen.resize(screen.size);
  link.greet();
  attach(screen.term, { search, leave: () => leave(find(".tools button")) });
  const activate = (_, uri) => use("links", "open", uri);
  screen.term.options.linkHandler = { allowNonHttpProtocols: true, activate };
  find(".tool-reader").setAttribute("aria-pressed", String(options.screenReaderMode));
  find(".tools-title").textContent = recall(`title.${given.name}`) ?? given.name;
  if (!framed) view.focus();
  find(".screen").addEventListener("pointerenter", () => part("links"), { once: true });
  find(".tools").addEventListener("pointerenter", () => part("tools"), { once: true });
  find(".tools").addEventListener("click", ({ target }) => use("tools", "press", target));
  if (matchMedia("(pointer: coarse)").matches) part("keys");
  tell("ready");
}

function connection(state, detail) {
  const known = !fresh || state === "waiting" || state === "ended"; // a first attempt is no news
  if (state === "online") notice.release(fresh ? "" : "Connected again.");
  else if (known) notice.keep(connectionWords(state, detail, state === "ended" ? logIn : () => link.nudge()));
  if (known || state === "online") tellConnection(state);
  if (state === "waiting" || state === "ended") shell.unreachable();
}

function opened(state) {
  const { from, resumed, lost, dropped, cols, rows } = state;
  if (!resumed) screen.clear(from, { hold: !fresh, mark: lost && "── older output is no longer kept ──" });
  if (lost && !fresh) notice.pass("Older output is no longer kept.");
  if (dropped) notice.pass("The terminal was started anew; what you typed last was not sent.");
  fresh = false;
  fit({ cols, rows });
  shell.opened(state);
}

//: The size that the terminal has; it is foreign when another view's person typed last.
function fit({ cols, rows }) {
  foreign = cols !== screen.size?.cols || rows !== screen.size?.rows;
  screen.resize({ cols, rows });
}

//: After the first output: drawing may get faster, but nothing waits for it.
function settle() {
  find(".starting").remove();
  (window.requestIdleCallback ?? setTimeout)(() => accelerated() && part("renderer"));
}

function output(bytes, offset) {
  if (find(".starting")) settle();
  screen.write(bytes, offset);
}

function message(event) {
  shell.message(event);
  if (event.cmd === "size") fit(event);
}

function type(data, human = true) {
  if (shell.ended) return data === "\r" && shell.restart();
  const sent = link.type(data, human);
  if (human && !sent) notice.pass(OFFLINE);
  if (!human || !sent || !foreign) return sent;
  foreign = false; // whoever types has the size
  if (screen.size) resized(screen.size);
  return true;
}

function resized(size) {
  link.greet();
  if (!foreign) screen.resize(size);
  link.tell({ cmd: "size", ...size });
}

//: The bar is there at once, so that nothing meant for it is typed into the shell while it loads.
function search() {
  find(".search").hidden = false;
  find(".search input").focus();
  use("search", "find");
}

function theme({ theme: name }) {
  if (dress(name)) screen?.repaint();
}

function font({ size }) {
  if (!(size >= 8 && size <= 32)) return;
  remember("font", size);
  screen?.letters(size);
}

listen({
  run: (asked) => shell.run(asked),
  follow: ({ id }) => shell.follow(id),
  focus: () => screen?.term.focus(),
  save: () => use("save", "save"),
  theme,
  font,
  search,
});
if (!new URLSearchParams(location.search).has("theme")) theme({ theme: recall("theme") });
link.connect();
start().catch(() => {
  find(".starting").textContent = `Terminal ${given.name} could not be loaded. Reload the page to try again.`;
});
