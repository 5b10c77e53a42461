/* Clickable blocks: what a click does, and the mark that says what became of it. */

import { run } from "./frames.js";
import { chapter, onChapter } from "./notes.js";
import { keep, place } from "./place.js";
import { follow, isLast } from "./results.js";
import { dropRun, keepRun, left } from "./underway.js";
import { tone, words } from "./words.js";
import { show } from "./work.js";

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
  if (state === "asking") ask(block, terminal, again);
}

function ask(block, terminal, again) {
  const asked = question.content.firstElementChild.cloneNode(true);
  asked.querySelector("p").textContent = `Terminal ${terminal} is still busy.`;
  asked.setAttribute("aria-label", `Terminal ${terminal} is still busy`);
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

async function copy(block) {
  const { copy: take, edit } = await import("./copying.js");
  if (block.dataset.action === "copy-and-edit") {
    return edit(textOf(block), (text) => start(block, { text }), (done) => copied(block, done));
  }
  return copied(block, take(textOf(block)));
}

async function copied(block, done) {
  const ok = await done;
  const state = block.querySelector(".action-state");
  const before = state.textContent;
  const said = ok ? "✓ copied" : "✗ not copied: select the text and copy it by hand";
  state.textContent = said;
  block.dataset.tone = ok ? "good" : "bad";
  setTimeout(() => state.textContent === said && restore(block, before), 2_500);
}

function restore(block, before) {
  block.querySelector(".action-state").textContent = before;
  block.dataset.tone = tone(block.dataset.state, block.dataset.action);
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

document.querySelector("#notes").addEventListener("click", ({ target }) => {
  const block = target.closest(".action");
  if (!block) return;
  if (target.closest(".action-run")) start(block);
  else if (target.closest(".action-copy")) copy(block);
});
// A window of nothing but notes has no terminals to hear from.
if (!document.documentElement.dataset.only) for (const run of left()) follow(run.name, run.id, listener(run));
onChapter(mark);
