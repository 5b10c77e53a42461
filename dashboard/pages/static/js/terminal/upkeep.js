/* What keeps a connection up: when to try again, when to doubt it, what may have brought it back. */

const TICK = 2_000;
const QUIET = 20_000; // nothing heard for so long: ask whether the other end is still there
const PATIENCE = 6_000; // an answer is due within this time

/** Milliseconds before attempt number `attempt`: doubling from 0.5 s to 30 s, jittered. */
export function pause(attempt, random = Math.random) {
  return Math.min(30_000, 500 * 2 ** attempt) * (0.5 + random() / 2);
}

/** Calls back whenever the network, the tab or the lid may have come back. */
export function onReturn(back) {
  const shown = () => document.visibilityState === "visible" && back();
  window.addEventListener("online", shown);
  window.addEventListener("pageshow", ({ persisted }) => persisted && shown());
  document.addEventListener("visibilitychange", shown);
}

/** True when the session answers that nobody is logged in; false when it does not answer at all. */
export async function loggedOut(url) {
  try {
    return (await fetch(url, { cache: "no-store", redirect: "manual" })).status === 401;
  } catch {
    return false;
  }
}

/** Notices a connection that died without a word (sleep, lost Wi-Fi) by asking and waiting.
    `ask` is false when there is nothing to ask; `pending` is true when an answer is due anyway. */
export class Pulse {
  #heard = 0;
  #ticked = Date.now();
  #check = 0;

  constructor({ ask, pending, dead }) {
    Object.assign(this, { ask, pending, dead });
    setInterval(() => this.#tick(), TICK);
  }

  /** Something was received: all is well. */
  heard() {
    this.#heard = Date.now();
    this.rest();
  }

  /** Stops waiting for an answer. */
  rest() {
    clearTimeout(this.#check);
    this.#check = 0;
  }

  /** After a sleep or a lost network: what cannot be asked is taken for dead. */
  doubt() {
    if (Date.now() - this.#heard > PATIENCE && !this.#question()) this.dead();
  }

  #question() {
    if (this.#check) return true;
    if (!this.ask()) return false;
    this.#check = setTimeout(() => {
      this.#check = 0;
      this.dead();
    }, PATIENCE);
    return true;
  }

  #tick() {
    const now = Date.now();
    const slept = now - this.#ticked > 10_000;
    this.#ticked = now;
    if (document.visibilityState !== "visible") return;
    const quiet = now - this.#heard;
    if (slept) this.doubt();
    else if (quiet > PATIENCE && this.pending()) this.dead();
    else if (quiet > QUIET) this.#question();
  }
}
