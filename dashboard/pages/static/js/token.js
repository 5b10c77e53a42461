/* A line under the header when the login at the cluster, which the shells act by, is about to end. */

import { base } from "./place.js";

const { hub } = document.documentElement.dataset;
const [SOON, LATER] = [10_000, 300_000];
const WORDS = {
  ending: "Your login at the cluster is about to end, and with it what your terminals may do there.",
  ended: "Your login at the cluster has ended: your terminals may do nothing there.",
};
let line = null;

/** Looks now and from time to time; the line goes by itself once there is another login. */
export async function watch() {
  let due = Boolean(line);
  try {
    const answer = await fetch(`${base}api/session`, { redirect: "manual", cache: "no-store" });
    if (answer.ok) due = show((await answer.json()).token);
  } finally {
    setTimeout(watch, due ? SOON : LATER);
  }
}

function show(token) {
  if (!token?.due) {
    line?.remove();
    line = null;
    return false;
  }
  line ??= add();
  line.querySelector("p").textContent = token.left ? WORDS.ending : WORDS.ended;
  return true;
}

function add() {
  const added = document.querySelector("#banner-part").content.firstElementChild.cloneNode(true);
  const href = `${hub}login/again?next=${encodeURIComponent(location.pathname)}`;
  Object.assign(added.querySelector("a"), { hidden: false, textContent: "Log in again", href });
  document.querySelector("#banners").append(added);
  return added;
}
