/* A line under the header when the home folder takes no files. */

import { base } from "./place.js";

const WORDS = {
  full: "Your home folder is full: nothing more can be saved until you delete something.",
  "read-only": "Your home folder is read-only: what you make in it cannot be saved. Please tell your instructor.",
  missing: "Your home folder is not there: what you make cannot be saved. Please tell your instructor.",
};

/** Asks the terminal server, which is where the home folder is written to. */
export async function look() {
  const answer = await fetch(`${base}terminal/health`, { cache: "no-store" });
  const words = answer.ok && WORDS[(await answer.json()).home];
  if (!words) return;
  const line = document.querySelector("#banner-part").content.firstElementChild.cloneNode(true);
  line.querySelector("p").textContent = words;
  document.querySelector("#banners").append(line);
}
