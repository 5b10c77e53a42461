/* The web console of a session: waited for, and what stands in its place meanwhile. */

import { base } from "./place.js";

const OFTEN = 1_500;
const REST = "Everything else works without it.";
const WORDS = {
  none: `There is no web console in this workshop. ${REST}`,
  starting: "The console is starting …",
  memory: "The console ran out of memory. It is started again …",
  image: `The console's image cannot be fetched; please tell the instructor. ${REST}`,
  ended: `The console ends whenever it is started; please tell the instructor. ${REST}`,
  away: "The console cannot be reached. Trying again …",
};
const pause = () => new Promise((done) => setTimeout(done, OFTEN));

async function state() {
  const answer = await fetch(`${base}api/console`, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) return (await answer.json()).state;
  return answer?.status === 404 ? "none" : "away";
}

/** Returns true once the console can be shown, false when it never can or nobody waits any more. */
export async function ready({ root }, { wanted, onScreen, say }) {
  if (root && new URL(root, location.href).origin !== location.origin) {
    say("The console of the cluster opens in a window of its own.", { elsewhere: true });
    return false;
  }
  while (wanted()) {
    const found = onScreen() ? await state() : "";
    if (found === "ready" || !wanted()) return wanted();
    if (found) say(WORDS[found]);
    if (found === "none") return false;
    await pause();
  }
  return false;
}

/** Where a frame's page is now, as far as we may know; `page` is where it was opened. */
export function where({ view, page, shows }) {
  try {
    return shows ? view.contentWindow.location.href : page;
  } catch {
    return page; // a page of others
  }
}
