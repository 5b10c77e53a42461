/* The Routes and Ingresses of the session's projects, looked up whenever somebody wants to see them. */

import { base } from "./place.js";

const sheet = document.querySelector("#addresses");
const state = sheet.querySelector("#addresses-state");
const list = sheet.querySelector("#addresses-list");
const again = sheet.querySelector("#addresses-again");

function row({ url, kind, name, project }) {
  const line = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener noreferrer", textContent: url });
  const what = Object.assign(document.createElement("span"), { textContent: `${kind} ${name} in ${project}` });
  line.append(link, what);
  return line;
}

function words(answer, { addresses, trouble }) {
  if (trouble) return `The cluster does not tell: ${trouble}`;
  if (!answer?.ok) return "They cannot be had just now. Please look again.";
  return addresses.length ? "" : "Nothing in your project has an address yet: there is no Route and no Ingress.";
}

async function look() {
  again.disabled = true;
  state.textContent = "Looking …";
  const answer = await fetch(`${base}terminal/addresses`, { cache: "no-store" }).catch(() => null);
  const found = (await answer?.json().catch(() => null)) ?? {};
  state.textContent = words(answer, found);
  list.replaceChildren(...(found.addresses ?? []).map(row));
  again.disabled = false;
}

again.addEventListener("click", look);

/** Shows the sheet, and what there is now. */
export function show() {
  sheet.showPopover();
  return look();
}
