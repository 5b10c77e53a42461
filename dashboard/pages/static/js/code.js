/* The personal code under the header: there until it is kept, or the reader has gone on. */

import { chapter, onChapter } from "./notes.js";
import { base, keep } from "./place.js";

const line = document.querySelector("#personal-code");
const first = chapter();

/** Takes the line away, here and in the other browsers of the same person; the menu has the code. */
function seen() {
  if (!line.isConnected) return;
  line.remove();
  keep({ codeSeen: true });
  const token = document.querySelector('meta[name="xsrf"]').content;
  const asked = fetch(`${base}code-seen`, { method: "POST", headers: { "X-XSRFToken": token } });
  asked.catch(() => {}); // kept in this browser in any case
}

document.querySelector("#personal-code-seen").addEventListener("click", () => {
  seen();
  document.querySelector("#notes").focus();
});
onChapter((shown) => shown !== first && seen());
