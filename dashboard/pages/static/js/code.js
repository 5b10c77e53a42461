/* The personal code under the header, taken away once it has been seen; the menu has it ever after. */

import { base, keep } from "./place.js";

/** Takes the line away, here and in the other browsers of the same person. */
export function seen() {
  const line = document.querySelector("#personal-code");
  if (!line) return;
  line.remove();
  keep({ codeSeen: true });
  const token = document.querySelector('meta[name="xsrf"]').content;
  const asked = fetch(`${base}code-seen`, { method: "POST", headers: { "X-XSRFToken": token } });
  asked.catch(() => {}); // kept in this browser in any case
}
