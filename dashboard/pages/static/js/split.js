/* The divider between notes and work: dragged, moved by keys, put back by a double click. */

import { keep } from "./place.js";

const root = document.documentElement;
const main = document.querySelector("#main");
const divider = document.querySelector("#divider");
const LEAST = 20;
const MOST = 80;
const USUAL = 40;

/** The share of the notes in percent, as it is on screen. */
const share = () => Number(divider.getAttribute("aria-valuenow"));

function move(percent) {
  const wanted = Math.round(Math.min(MOST, Math.max(LEAST, percent)) * 10) / 10;
  root.style.setProperty("--split", `${wanted}%`);
  divider.setAttribute("aria-valuenow", wanted);
  keep({ split: wanted });
}

function drag({ clientX }) {
  const { left, width } = main.getBoundingClientRect();
  move(((clientX - left) / width) * 100);
}

/** Begins a drag; frames would swallow the pointer, so the divider holds it. */
function grab(event) {
  if (event.button !== 0) return;
  divider.setPointerCapture(event.pointerId);
  root.dataset.dragging = "";
  divider.addEventListener("pointermove", drag);
}

function release() {
  divider.removeEventListener("pointermove", drag);
  delete root.dataset.dragging;
}

function steer({ key, altKey }) {
  const to = {
    ArrowLeft: share() - 2,
    ArrowRight: share() + 2,
    PageUp: share() + 10,
    PageDown: share() - 10,
    Home: LEAST,
    End: MOST,
    Enter: USUAL,
  }[key];
  if (to !== undefined && !altKey) move(to);
}

/** Does what an event at the divider asks for. */
export function handle(event) {
  const actions = { pointerdown: grab, dblclick: () => move(USUAL), keydown: steer };
  actions[event.type]?.(event);
}

divider.addEventListener("lostpointercapture", release);
