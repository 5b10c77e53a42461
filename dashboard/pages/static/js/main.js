/* The page put together: buttons of the header, keys, and what is loaded only when it is wanted. */

import { runElsewhere } from "./actions.js";
import { check } from "./banner.js";
import { hear, tell } from "./frames.js";
import { chapter, onChapter, step } from "./notes.js";
import { base, keep, keepLook, place } from "./place.js";
import { current, pane, reveal, selected, show, sync, view } from "./work.js";

const root = document.documentElement;
const find = (selector) => document.querySelector(selector);

/** Hands the element's events to a module that is loaded when the first of them happens. */
function hand(element, names, load) {
  for (const name of names) {
    element.addEventListener(name, (event) => {
      if (/^(Arrow|Page|Home|End)/.test(event.key) && !event.altKey) event.preventDefault();
      load().then(({ handle }) => handle(event)).catch(check);
    });
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
  find("#stage .frame:not([hidden]) iframe")?.focus();
  if (!selected().pane) tell(current(), { type: "focus" });
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

// Links that open, close or load a tab again; a plain click does it here, any other leads to the tab's own page.
find("#notes").addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!plain || !link?.pathname.startsWith(`${base}tabs/`) || link.host !== location.host) return;
  event.preventDefault();
  if (root.dataset.only) window.open(link.href, "_blank", "noopener");
  else import("./follow.js").then(({ follow }) => follow(link)).catch(check);
});
clicks("button[data-view]", (data) => view(data.view));
clicks("button[data-pane]", (data) => pane(data.pane));
document.addEventListener("keydown", press);
hear("shortcut", ({ key }) => key === "Shift+F6" && focusNotes());
hear("font", ({ size }) => size >= 8 && size <= 32 && keepLook({ font: size }));
hear("ports", async ({ ports }) => (await import("./offer.js")).offer(ports));
hear("relay", async (message, source) => (await import("./relay.js")).serve(message, source, show));

// The personal code has been seen when its button says so, or when the reader goes on.
const start = chapter();
const seen = () => find("#personal-code") && import("./code.js").then((code) => code.seen()).catch(check);
find("#personal-code-seen")?.addEventListener("click", () => {
  seen();
  find("#notes").focus();
});
onChapter((element) => element !== start && seen());

const divider = find("#divider");
if (place.split) divider.setAttribute("aria-valuenow", place.split);
hand(divider, ["pointerenter", "focus", "pointerdown", "dblclick", "keydown"], () => import("./split.js"));
hand(find("#menu"), ["toggle", "click", "keydown"], () => import("./menu.js"));
hand(find(".tabs"), ["click", "keydown"], () => import("./row.js"));
hand(find("#menu-button"), ["pointerenter", "focus", "keydown"], () => import("./menu.js"));
onChapter((element) => element.dataset.slug || import("./finish.js").then(({ fill }) => fill(chapter())));

// A quiet moment will do: nothing on the page waits for it.
setTimeout(() => import("./home.js").then(({ look }) => look()).catch(check), 2_000);
if (root.dataset.token) setTimeout(() => import("./token.js").then(({ watch }) => watch()).catch(check), 2_000);
if (root.dataset.only) import("./relay.js").then(({ ask }) => runElsewhere(ask));
onChapter(sync);
