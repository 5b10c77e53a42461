/* Tabs that are no terminals: a frame each, made when first shown, and what stands in its place until it can be. */

import { base } from "./place.js";
import { arrange, reveal } from "./work.js";

const stage = document.querySelector("#stage");
const part = document.querySelector("#pane-part");
const made = new Map();
const SANDBOX = {
  // A page of others runs as itself, may open windows, and cannot take ours away.
  url: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
};
const WHY = {
  refused: "This page does not let itself be shown inside another.",
  moved: "This page has moved to another address, which can only be opened by itself.",
  mixed: "This page has no secure address, so that it can only be opened by itself.",
  certificate: "This page has no certificate that browsers trust.",
};

/** The frame of a tab, made when there is none. */
export function pane(tab) {
  if (!made.has(tab.id)) made.set(tab.id, make(tab));
  arrange();
  return made.get(tab.id);
}

function make(tab) {
  const box = part.content.firstElementChild.cloneNode(true);
  const view = box.querySelector("iframe");
  box.dataset.name = `tab:${tab.id}`;
  view.title = tab.title;
  view.sandbox = SANDBOX[tab.kind];
  box.addEventListener("click", ({ target }) => {
    if ("out" in target.dataset) leave();
    else if ("again" in target.dataset) load(one);
  });
  view.addEventListener("load", () => box.classList.toggle("ready", Boolean(view.getAttribute("src"))));
  stage.append(box);
  const one = { tab, box, view, page: tab.address };
  load(one);
  return one;
}

/** Hands the keyboard back to the page. */
function leave() {
  reveal("notes");
  document.querySelector("#notes").focus();
}

/** Loads a tab again, at the page it was opened at. */
export function reload(tab) {
  load(pane(tab));
}

async function load(one) {
  say(one, `Opening ${one.tab.title} …`);
  const why = await trouble(one.tab);
  if (why) say(one, why, { elsewhere: true });
  else one.view.src = one.page;
}

/** Why a page of others cannot be shown here; nothing when it can, or nobody knows. */
async function trouble({ id }) {
  const answer = await fetch(`${base}api/framing?tab=${encodeURIComponent(id)}`, { cache: "no-store" }).catch(() => null);
  return answer?.ok ? WHY[(await answer.json()).why] : "";
}

function say({ box, view, page }, words, { again = false, elsewhere = false } = {}) {
  box.classList.remove("ready");
  view.removeAttribute("src");
  box.querySelector(".frame-words").textContent = words;
  box.querySelector("[data-again]").hidden = !again;
  const link = box.querySelector("a");
  link.hidden = !elsewhere;
  link.href = page;
}

/** Has a terminal begin with the command and in the folder that the workshop says, unless it runs. */
export async function start({ at, command, directory }) {
  const token = document.querySelector('meta[name="xsrf"]').content;
  const headers = { "X-XSRFToken": token, "Content-Type": "application/json" };
  const body = JSON.stringify({ command, directory });
  const answer = await fetch(`${base}terminal/session/${at}`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`the terminal ${at} was not started: ${answer.status}`);
}
