/* The page after the last chapter: what the reader has done, chapter by chapter. */

import { place } from "./place.js";

/** Writes beside each chapter how many of its commands have run well. */
export function fill(finish) {
  for (const line of finish.querySelectorAll(".done-count")) {
    const { slug, actions } = line.dataset;
    const done = Object.values(place.marks[slug] ?? {}).filter(({ state }) => state === "done").length;
    const all = Math.max(Number(actions), done);
    if (all && done === all) line.textContent = all === 1 ? "✓ its command done" : `✓ all ${all} commands done`;
    else if (!place.read[slug]) line.textContent = "not read";
    else line.textContent = all ? `${done} of ${all} commands done` : "✓ read";
    line.classList.toggle("good", line.textContent.startsWith("✓"));
  }
}
