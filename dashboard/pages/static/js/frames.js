/* Terminals as frames: made when first shown, never moved or made anew; what is said to and by them. */

import { check, hush, say } from "./banner.js";
import { base, kind, look, terminalTheme } from "./place.js";

const KIND = "workshop";
const PATIENCE = 12_000;
const stage = document.querySelector("#stage");
const part = document.querySelector("#frame-part");
const frames = new Map();
const runs = new Map();
const first = new Map();
const LAST = ["asking", "done", "failed", "unrun", "offline", "ended", "lost"];
const heard = { shortcut: () => {}, font: () => {}, relay: () => {} };

/** Calls `act` with messages of this type that are not about a frame's own state. */
export const hear = (type, act) => (heard[type] = act);

/** Has `act` done before a terminal's frame is loaded for the first time. */
export const before = (name, act) => first.set(name, act);

/** The address of a terminal's view. */
export function address(name) {
  return kind() === "butterfly" ? `${base}terminal/session/${name}` : `${base}terminals/${name}?theme=${terminalTheme()}`;
}

/** The frame of a terminal, made when there is none. */
export function frame(name) {
  if (frames.has(name)) return frames.get(name);
  const box = part.content.firstElementChild.cloneNode(true);
  const made = { name, box, ready: false, state: "", queue: [], timer: 0, view: box.querySelector("iframe") };
  box.dataset.name = name;
  made.view.title = `Terminal ${name}`;
  box.querySelector("button").addEventListener("click", () => load(made));
  frames.set(name, made);
  stage.append(box);
  if (first.has(name)) first.get(name)().catch(check).finally(() => load(made));
  else load(made);
  return made;
}

function load(made) {
  Object.assign(made, { ready: false, lost: false, state: "" });
  made.box.classList.remove("ready");
  wait(made, `Starting terminal ${made.name} …`, false);
  clearTimeout(made.timer);
  made.timer = setTimeout(() => missing(made), PATIENCE);
  made.view.src = address(made.name);
}

function missing(made) {
  made.lost = true;
  wait(made, `Terminal ${made.name} does not answer.`, true);
  for (const { id } of made.queue.splice(0)) report({ id, state: "offline" });
  check();
}

function wait({ box }, words, over) {
  box.querySelector(".frame-words").textContent = words;
  box.querySelector("button").hidden = !over;
}

/** Loads terminals again: one, or all when the view has changed. */
export function reload(name) {
  for (const made of frames.values()) if (!name || made.name === name) load(made);
}

/** Takes a terminal's frame away; its shell runs on. */
export function drop(name) {
  const made = frames.get(name);
  if (!made) return;
  clearTimeout(made.timer);
  made.box.remove();
  frames.delete(name);
}

/** Says something to one terminal, or to all that are ready. */
export function tell(name, message) {
  for (const made of name ? [frame(name)] : frames.values()) {
    if (made.ready) post(made, message);
    else if (name) made.queue.push(message);
  }
}

function post(made, message) {
  made.view.contentWindow.postMessage({ kind: KIND, ...message }, location.origin);
}

/** Tells all terminals the colours and the text size they should have. */
export function dress() {
  tell("", { type: "theme", theme: terminalTheme() });
  tell("", { type: "font", size: look.font });
}

/** Whether a state is the last that is heard of a run. */
export const isLast = (state) => LAST.includes(state);

/** From now on `on` gets {state, status, seconds, taken} whenever there is news of the run in that terminal. */
export function follow(name, id, on) {
  runs.set(id, { name, on });
}

/** Runs a text in a terminal and follows it. */
export function run(name, { id, text, interrupt = false, force = false }, on) {
  follow(interrupt ? "" : name, id, on); // an interrupt is over when it is sent
  const made = frame(name);
  if (made.lost) load(made);
  if (!made.ready) on({ state: "waiting" });
  tell(name, { type: "run", id, text, interrupt, force });
}

function report({ id, state, status = null, seconds = null, taken = false }) {
  const run = runs.get(id);
  if (isLast(state)) runs.delete(id);
  run?.on({ state, status, seconds, taken });
}

function connection(made, state) {
  made.state = state;
  const states = [...frames.values()].map((each) => each.state);
  if (state === "ended") say("ended");
  else if (states.includes("offline")) check().then((how) => how === "ok" && states.every((each) => each === "offline") && say("offline"));
  else hush("offline");
}

const actions = {
  ready(made) {
    made.ready = true;
    clearTimeout(made.timer);
    made.box.classList.add("ready");
    post(made, { type: "theme", theme: terminalTheme() });
    post(made, { type: "font", size: look.font });
    for (const message of made.queue.splice(0)) post(made, message);
    // Its view may be another than the one that was asked.
    for (const [id, { name }] of runs) if (name === made.name) post(made, { type: "follow", id });
  },
  connection: (made, { state }) => connection(made, state),
  title: (made, { title }) => (made.view.title = title ? `Terminal ${made.name}: ${title}` : `Terminal ${made.name}`),
  run: (_, message) => report(message),
  "fresh-login": () => location.reload(),
};

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || data?.kind !== KIND) return;
  const made = [...frames.values()].find(({ view }) => view.contentWindow === source);
  if (made && Object.hasOwn(actions, data.type)) actions[data.type](made, data);
  else if ((made || source?.opener === window) && Object.hasOwn(heard, data.type)) heard[data.type](data, made ?? source);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
