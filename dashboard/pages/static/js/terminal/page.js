/* What the view shares with the page around it: messages of one envelope, and the browser's memory. */

const KIND = "workshop";

/** True when a page of ours shows this view in a frame. */
export const framed = window.parent !== window;

/** Tells the page something; nothing happens when there is none. */
export function tell(type, details = {}) {
  if (framed) window.parent.postMessage({ kind: KIND, type, ...details }, location.origin);
}

let away = 0;

/** Tells the page how the connection stands; one that is back in a moment was never away. */
export function tellConnection(state) {
  clearTimeout(away);
  if (state === "online" || state === "ended") tell("connection", { state });
  else away = setTimeout(() => tell("connection", { state: "offline" }), 600);
}

/** Hands the keyboard back to the page; in a window of its own, to `otherwise`. */
export function leave(otherwise) {
  if (framed) tell("shortcut", { key: "Shift+F6" });
  else otherwise.focus();
}

/** Has the person log in again, in the whole window. */
export function logIn() {
  if (framed) tell("fresh-login");
  else location.reload();
}

/** Hands each message of the page to the function named like its type. */
export function listen(actions) {
  window.addEventListener("message", ({ origin, source, data }) => {
    if (!framed || origin !== location.origin || source !== window.parent) return;
    if (data?.kind !== KIND || !Object.hasOwn(actions, data.type)) return;
    actions[data.type](data);
  });
}

function read(storage, name) {
  try {
    return JSON.parse(window[storage].getItem(`${KIND}.terminal.${name}`)) ?? undefined;
  } catch {
    return undefined; // storage is off, or holds something strange: the default serves
  }
}

function write(storage, name, value) {
  try {
    window[storage].setItem(`${KIND}.terminal.${name}`, JSON.stringify(value));
  } catch {
    return; // storage is off or full: the value lasts as long as the page
  }
}

/** What the browser keeps under a name; undefined when it keeps nothing. */
export const recall = (name) => read("localStorage", name);

/** Keeps a value for next time, where the browser allows it. */
export const remember = (name, value) => write("localStorage", name, value);

/** What this tab of the browser keeps under a name, until it is closed. */
export const recallHere = (name) => read("sessionStorage", name);

/** Keeps a value in this tab, through a reload. */
export const rememberHere = (name, value) => write("sessionStorage", name, value);

/** Takes on a theme of ours and keeps it; false for a name that is none. */
export function dress(name) {
  if (!["light", "dark"].includes(name)) return false;
  remember("theme", name);
  document.documentElement.dataset.theme = name;
  return true;
}
