/* What a person does in the row of tabs: opens and closes them, loads them again, goes along by keys. */

import { tell } from "./frames.js";
import { GRID, shown, tabs } from "./place.js";
import { choose, close, current, selected, show } from "./work.js";

function add() {
  let number = GRID.length + 1;
  while (tabs.some(({ closes }) => closes === String(number))) number += 1;
  show(String(number));
  tell(current(), { type: "focus" });
}

function away() {
  const tab = selected();
  if (!document.querySelector("#close-tab").hidden) close(tab);
  document.querySelector("#tabs [aria-selected=true]").focus();
}

function steer(event) {
  const there = shown();
  const at = there.indexOf(selected());
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: there.length - 1 }[event.key];
  if (event.key === "Delete") return away();
  if (to === undefined) return undefined;
  choose(there[(to + there.length) % there.length]);
  return document.querySelector("#tabs [aria-selected=true]").focus();
}

const buttons = {
  "new-terminal": add,
  "close-tab": away,
  "reload-tab": () => import("./panes.js").then(({ reload }) => reload(selected())),
};

/** Does what an event in the row of tabs asks for. */
export function handle(event) {
  if (event.type === "click") buttons[event.target.closest("button")?.id]?.();
  else if (event.target.closest("#tabs")) steer(event);
}
