/* Offers a tab for each program that begins to listen on a port, until it is taken or refused. */

import { keep, place, portTab, tabs } from "./place.js";
import { open } from "./work.js";

/** From here on the kernel gives out ports by itself, to programs that did not ask for one. */
const UNASKED = 32_768;
const home = document.querySelector("#banners");
const part = document.querySelector("#offer-part");

const known = (port) => tabs.some(({ kind, at }) => kind === "port" && at.replace("https-", "") === String(port));
const refused = (port) => place.refused?.includes(port);

function show(port) {
  const line = part.content.firstElementChild.cloneNode(true);
  line.dataset.port = port;
  line.querySelector("p").textContent = `A program listens on port ${port}.`;
  line.addEventListener("click", ({ target }) => {
    if (!target.dataset.answer) return;
    line.remove();
    if (target.dataset.answer === "open") take(port);
    else keep({ refused: [...(place.refused ?? []), port] });
  });
  home.append(line);
}

function take(port) {
  tabs.push(portTab(port));
  open(tabs.at(-1));
}

/** Shows the offers for the ports that are listened on now; those whose program has ended go. */
export function offer(ports) {
  const wanted = ports.filter((port) => port < UNASKED && !known(port) && !refused(port));
  const lines = [...home.querySelectorAll("[data-port]")];
  for (const line of lines) if (!wanted.includes(Number(line.dataset.port))) line.remove();
  for (const port of wanted) if (!home.querySelector(`[data-port="${port}"]`)) show(port);
}
