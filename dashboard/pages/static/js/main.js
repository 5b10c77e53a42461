/* The page put together: buttons of the header, keys, and what is loaded only when it is wanted. */

import { runElsewhere } from "./actions.js";
import { check } from "./banner.js";
import { frame, hear, tell } from "./frames.js";
import { chapter, onChapter, step } from "./notes.js";
import { keep, keepLook, place } from "./place.js";
import { current, pane, reveal, show, sync, view } from "./work.js";

const root = document.documentElement;
const find = (selector) => document.querySelector(selector);

/** Loads a module the first time one of the events happens at the element. */
function whenWanted(element, events, load) {
  for (const name of events) {
    element.addEventListener(name, () => load().catch(check), { once: true, passive: true });
  }
}

function clicks(selector, act) {
  for (const button of document.querySelectorAll(selector)) button.addEventListener("click", () => act(button.dataset));
}

function focusNotes() {
  reveal("notes");
  find("#notes").focus();
}

function focusWork() {
  reveal("work");
  frame(current()).view.focus();
  tell(current(), { type: "focus" });
}

function help() {
  find("#help").togglePopover();
}

const keys = {
  "Shift+F6": () => (find("#work").contains(document.activeElement) ? focusNotes() : focusWork()),
  "Shift+F1": help,
  "Alt+PageDown": () => step("next"),
  "Alt+PageUp": () => step("prev"),
};

function press(event) {
  const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
  const held = [shiftKey && "Shift+", altKey && "Alt+", ctrlKey && "Ctrl+", metaKey && "Meta+"];
  const act = keys[held.filter(Boolean).join("") + key];
  if (!act || find("dialog[open]")) return;
  event.preventDefault();
  act();
}

clicks("button[data-view]", (data) => view(data.view));
clicks("button[data-pane]", (data) => pane(data.pane));
document.addEventListener("keydown", press);
hear("shortcut", ({ key }) => key === "Shift+F6" && focusNotes());
hear("font", ({ size }) => size >= 8 && size <= 32 && keepLook({ font: size }));
hear("relay", async (message, source) => (await import("./relay.js")).serve(message, source, show));

const code = find("#personal-code");
find("#personal-code-seen")?.addEventListener("click", () => {
  keep({ codeSeen: true });
  code.remove();
  find("#notes").focus();
});

const divider = find("#divider");
if (place.split) divider.setAttribute("aria-valuenow", place.split);
for (const name of ["pointerenter", "focus", "pointerdown", "dblclick", "keydown"]) {
  divider.addEventListener(name, (event) => {
    if (/^(Arrow|Page|Home|End|Enter)/.test(event.key) && !event.altKey) event.preventDefault();
    import("./split.js").then(({ handle }) => handle(event)).catch(check);
  });
}
whenWanted(find("#menu-button"), ["pointerenter", "pointerdown", "focus"], () => import("./menu.js"));
whenWanted(find("#notes"), ["pointerover", "focusin"], () => import("./copying.js"));
onChapter((element) => element.dataset.slug || import("./finish.js").then(({ fill }) => fill(chapter())));

if (root.dataset.only) import("./relay.js").then(({ ask }) => runElsewhere(ask));
sync();
