/* The page after the last chapter: what the reader has done, chapter by chapter. */

import { place } from "./place.js";

/** Writes beside each chapter how many of its commands have been run to an end, whichever it was. */
export function fill(finish) {
  for (const line of finish.querySelectorAll(".done-count")) {
    const { slug, actions } = line.dataset;
    const commands = actions.split(" ").filter(Boolean);
    const [all, done] = [commands.length, commands.filter((key) => place.marks[slug]?.[key]).length];
    if (all && done === all) line.textContent = all === 1 ? "✓ its command done" : `✓ all ${all} commands done`;
    else if (!done && !place.read[slug]) line.textContent = "not read";
    else line.textContent = all ? `${done} of ${all} commands done` : "✓ read";
    line.classList.toggle("good", line.textContent.startsWith("✓"));
  }
}
