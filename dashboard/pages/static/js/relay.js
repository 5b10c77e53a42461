/* Notes in a window of their own: what is run there runs in the terminals of the window that opened it. */

import { isLast, run } from "./frames.js";

const KIND = "workshop";
const waiting = new Map();
let count = 0;

/** In the window of the notes: asks the main window to run a text. */
export function ask(name, asked, on) {
  const main = window.opener;
  if (!main || main.closed) return on({ state: "offline", status: null, seconds: null });
  count += 1;
  waiting.set(count, on);
  return main.postMessage({ kind: KIND, type: "relay", call: count, name, ...asked }, location.origin);
}

/** In the main window: runs what a window of notes asked for, and tells it what became of it. */
export function serve({ call, name, id, text, interrupt, force }, source, show) {
  if (!/^[a-z0-9-]{1,32}$/.test(name) || typeof text !== "string" || typeof id !== "string") return;
  show(name);
  run(name, { id, text, interrupt, force }, (result) => {
    source.postMessage({ kind: KIND, type: "relayed", call, result }, location.origin);
  });
}

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== window.opener || data?.kind !== KIND || data.type !== "relayed") return;
  const on = waiting.get(data.call);
  if (isLast(data.result.state)) waiting.delete(data.call);
  on?.(data.result);
});
