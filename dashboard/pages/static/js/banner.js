/* Lines under the header that say what is wrong with the session, and the way on. */

import { base } from "./place.js";

const { hub, user } = document.documentElement.dataset;
const home = document.querySelector("#banners");
const part = document.querySelector("#banner-part");
const AGAIN = 5_000;
/** Milliseconds that an answer may take: the way to a machine that is gone is silent for minutes. */
const PATIENCE = 5_000;
let asking = null;
let timer = 0;

const WORDS = {
  offline: { words: "The connection is gone. You can read on; terminals reconnect by themselves." },
  ended: { words: "Your login has ended.", label: "Log in again", href: () => location.href },
  stopped: {
    words: "Your session has stopped.",
    label: "Start it again",
    href: () => (hub ? `${hub}spawn/${encodeURIComponent(user)}` : location.href),
  },
  away: { words: "Your session does not answer right now. This page goes on by itself when it does." },
  turn: { words: "That chapter could not be fetched.", label: "Load the page again", href: () => location.href },
};

/** Shows one of the lines, in place of the others. */
export function say(name) {
  if (home.dataset.said === name) return;
  hush();
  home.dataset.said = name;
  const { words, label, href } = WORDS[name];
  const line = part.content.firstElementChild.cloneNode(true);
  line.dataset.kind = name;
  line.querySelector("p").textContent = words;
  const link = line.querySelector("a");
  link.hidden = !label;
  if (label) Object.assign(link, { textContent: label, href: href() });
  home.append(line);
}

/** Takes the line away; with a name, only that one. */
export function hush(name) {
  if (name && home.dataset.said !== name) return;
  delete home.dataset.said;
  home.querySelector("[data-kind]")?.remove();
}

/** Finds out how the session is, says so, and returns "ok", "ended", "stopped", "away" or "offline". */
export function check() {
  asking ??= ask().finally(() => (asking = null));
  return asking;
}

async function ask() {
  clearTimeout(timer);
  const state = await look();
  if (state === "ok") hush();
  else say(state);
  // Only while something is wrong does the page ask again.
  if (state === "away" || state === "offline") timer = setTimeout(check, AGAIN);
  return state;
}

async function look() {
  let answer;
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    answer = await fetch(`${base}api/session`, { redirect: "manual", cache: "no-store", signal });
  } catch (error) {
    return error.name === "TimeoutError" ? "away" : "offline";
  }
  if (answer.ok) return "ok";
  if (answer.status === 401 || answer.status === 403) return "ended";
  // Where no session is, the proxy sends us to the hub or says that there is nothing.
  if (answer.type === "opaqueredirect" || [404, 424].includes(answer.status)) return "stopped";
  return "away";
}

addEventListener("online", check);
addEventListener("offline", () => say("offline"));
