/* Clickable blocks: what a click does, and the mark that says what became of it. */

import { follow, isLast, run } from "./frames.js";
import { chapter, onChapter } from "./notes.js";
import { dropRun, keep, keepRun, left, place } from "./place.js";
import { show } from "./work.js";

const TONES = { done: "good", failed: "bad", unrun: "bad", offline: "bad", ended: "bad" };
const underway = new Map();
const question = document.querySelector("#question-part");
let elsewhere = null;

/** Lets another window's terminals do what is run here. */
export function runElsewhere(act) {
  elsewhere = act;
}

/** A short mark of a text, so that a result never stands at a command that has been changed. */
function print(text) {
  let sum = 5381;
  for (const char of text) sum = ((sum * 33) ^ char.codePointAt(0)) >>> 0;
  return sum.toString(36);
}

const textOf = (block) => block.querySelector(".action-text code").textContent;
const keyOf = (block) => `${block.id}:${print(textOf(block))}`;

function tone(state, kind) {
  return (state === "sent" && kind === "interrupt" ? "good" : TONES[state]) ?? "";
}

function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds >= 60) return ` in ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return ` in ${seconds >= 10 ? Math.round(seconds) : Math.max(seconds, 0.1).toFixed(1)} s`;
}

function words({ state, status, seconds }, terminal, kind) {
  if (state === "sent") return kind === "interrupt" ? "✓ interrupted" : "sent …";
  if (state === "waiting") return `waiting for terminal ${terminal} …`;
  if (state === "running") return "running …";
  if (state === "done") return `✓ done${duration(seconds)}`;
  if (state === "failed" && status === 130) return `■ stopped${duration(seconds).replace("in", "after")}`;
  if (state === "failed") return status === null ? "✗ failed" : `✗ failed (exit ${status})`;
  if (state === "unrun") return "✗ not run: what ran before took it, or an interrupt threw it away";
  if (state === "ended") return `✗ not sent: the shell in terminal ${terminal} has ended`;
  if (state === "offline") return `✗ not sent: terminal ${terminal} is offline`;
  return "";
}

/** Shows a state at its block; a question is answered by `again`, which runs it all the same. */
function paint(block, result, again) {
  const { terminal = "1", action } = block.dataset;
  const state = result.state === "failed" && result.status === 130 ? "stopped" : result.state;
  block.dataset.state = state;
  block.dataset.tone = tone(state, action);
  block.querySelector(".action-state").textContent = words(result, terminal, action);
  block.querySelector(".action-question")?.remove();
  const button = block.querySelector(".action-run");
  const over = ["done", "failed"].includes(result.state);
  if (action === "execute" && over) button.textContent = button.textContent.replace(/^Run(?! again)/, "Run again");
  const why = result.taken ? `Something is already typed in terminal ${terminal}` : `Terminal ${terminal} is still busy`;
  if (state === "asking") ask(block, why, again);
}

function ask(block, why, again) {
  const asked = question.content.firstElementChild.cloneNode(true);
  asked.querySelector("p").textContent = `${why}.`;
  asked.setAttribute("aria-label", why);
  asked.addEventListener("click", ({ target }) => {
    if (!target.dataset.answer) return;
    paint(block, { state: "" });
    block.querySelector("button").focus();
    if (target.dataset.answer === "run") again();
  });
  block.querySelector(".action-bar").after(asked);
  asked.querySelector("button").focus({ preventScroll: true });
  asked.scrollIntoView({ block: "nearest" });
}

/** What becomes of a run is kept, and shown at its block when that is on screen. */
function listener(run, text, here = true) {
  const { id, slug, block, key } = run;
  const at = `${slug} ${key}`;
  const mine = { result: run.result };
  underway.set(at, mine);
  return (result) => {
    const last = isLast(result.state);
    if (last) dropRun(id);
    else if (here) keepRun({ ...run, result });
    if (underway.get(at) !== mine) return; // run again meanwhile
    mine.result = result;
    if (last) underway.delete(at);
    if (["done", "failed"].includes(result.state)) keep({ marks: { ...place.marks, [slug]: { ...place.marks[slug], [key]: result } } });
    const shown = chapter().dataset.slug === slug && document.getElementById(block);
    if (!shown || keyOf(shown) !== key) return;
    const known = result.state === "lost" ? (place.marks[slug]?.[key] ?? { state: "" }) : result;
    paint(shown, known, () => start(shown, { force: true, text }));
  };
}

function start(block, { force = false, text = textOf(block) } = {}) {
  const { terminal = "1", action } = block.dataset;
  const interrupt = action === "interrupt";
  const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
  const mine = { id, name: terminal, slug: chapter().dataset.slug, block: block.id, key: keyOf(block) };
  const on = listener(mine, text, !elsewhere && !interrupt);
  const asked = { id, text, interrupt, force };
  if (elsewhere) return elsewhere(terminal, asked, on);
  show(terminal);
  return run(terminal, asked, on);
}

/** Puts the marks of earlier runs at the blocks of a chapter. */
function mark(element) {
  const { slug } = element.dataset;
  for (const block of element.querySelectorAll(".action")) {
    const key = keyOf(block);
    const result = underway.get(`${slug} ${key}`)?.result ?? place.marks[slug]?.[key];
    if (result) paint(block, result);
  }
}

async function copy(block) {
  const { handle } = await import("./copying.js");
  handle(block, textOf(block), (text) => start(block, { text }));
}

document.querySelector("#notes").addEventListener("click", ({ target }) => {
  const block = target.closest(".action");
  if (!block) return;
  if (target.closest(".action-run")) start(block);
  else if (target.closest(".action-copy")) copy(block);
});
// A window of nothing but notes has no terminals to hear from.
if (!document.documentElement.dataset.only) for (const run of left()) follow(run.name, run.id, listener(run));
onChapter(mark);
