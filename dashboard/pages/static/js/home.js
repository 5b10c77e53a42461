/* Lines under the header when the home folder takes no files, or the workshop's objects were refused. */

import { base } from "./place.js";

const WORDS = {
  full: "Your home folder is full: nothing more can be saved until you delete something.",
  "read-only": "Your home folder is read-only: what you make in it cannot be saved. Please tell your instructor.",
  missing: "Your home folder is not there: what you make cannot be saved. Please tell your instructor.",
};
/** A new project takes a moment to be filled. */
const LATER = 10_000;

/** Asks the terminal server, which is where both are written to. */
export async function look(again = true) {
  const answer = await fetch(`${base}terminal/health`, { cache: "no-store" });
  if (!answer.ok) return;
  const { home, objects } = await answer.json();
  if (again && WORDS[home]) say(WORDS[home]);
  if (objects.length) {
    say(`Something in your project could not be prepared. Please tell your instructor: ${objects.join("; ")}`);
  } else if (again && "objects" in document.documentElement.dataset) {
    setTimeout(() => look(false).catch(() => {}), LATER);
  }
}

function say(words) {
  const line = document.querySelector("#banner-part").content.firstElementChild.cloneNode(true);
  line.querySelector("p").textContent = words;
  document.querySelector("#banners").append(line);
}
