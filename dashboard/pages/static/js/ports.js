/* Programs that listen on a port: waited for, and started where the workshop says how. */

import { base } from "./place.js";

const OFTEN = 700;
const PATIENCE = 20_000;
const MINUTE = 60_000;
const token = () => ({ "X-XSRFToken": document.querySelector('meta[name="xsrf"]').content });
let told = 0;

/** The ports that the attendee's programs listen on now; null when nobody can say. */
export async function listening() {
  const answer = await fetch(`${base}api/ports`, { cache: "no-store" }).catch(() => null);
  return answer?.ok ? (await answer.json()).ports : null;
}

/** Begins a terminal with what the workshop says, unless it has begun; `keep` starts it again whenever it ends. */
export async function begin(name, { command, directory, keep = false }) {
  const headers = { ...token(), "Content-Type": "application/json" };
  const body = JSON.stringify({ command, directory, keep });
  const answer = await fetch(`${base}terminal/begin/${name}`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`the terminal ${name} was not begun: ${answer.status}`);
}

const pause = () => new Promise((done) => setTimeout(done, OFTEN));
/** The terminal in which a tab's program runs. */
export const home = ({ id }) => `run-${id}`.slice(0, 32);

/** Returns true once the tab's program listens, false when `wanted` says that nobody waits any more. */
export async function wait(tab, { wanted, onScreen, say }) {
  const port = Number(tab.at.replace(/\D/g, ""));
  const there = async () => (await listening())?.includes(port);
  if (await there()) return true;
  const from = Date.now();
  if (tab.command) await begin(home(tab), { ...tab, keep: true });
  while (wanted()) {
    if (onScreen()) {
      say(port, Date.now() - from > PATIENCE);
      if (await there()) return wanted();
    }
    await pause();
  }
  return false;
}

/** Somebody does something in a tab, which the session would not hear of otherwise; told once a minute. */
export function active() {
  if (Date.now() - told < MINUTE) return;
  told = Date.now();
  fetch(`${base}api/active`, { method: "POST", headers: token() }).catch(() => (told = 0));
}
