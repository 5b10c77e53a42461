/* What hands do: chords that are the view's own; every other key, Tab too, is the terminal's. */

const PASTE = ["Ctrl+Shift+V", "Shift+Insert", "Meta+V"];
const COPY = ["Ctrl+Shift+C", "Ctrl+Insert", "Meta+C"];

/** True while the browser hands us something a person did; answers of the terminal come without. */
export function byPerson() {
  const event = window.event;
  if (event instanceof ClipboardEvent) return true;
  return event instanceof UIEvent && !(event instanceof FocusEvent);
}

/** A key event in words: "Ctrl+Shift+F". */
function chord({ key, ctrlKey, altKey, metaKey, shiftKey }) {
  const held = { Ctrl: ctrlKey, Alt: altKey, Meta: metaKey, Shift: shiftKey };
  const names = Object.keys(held).filter((name) => held[name]);
  return [...names, key.length === 1 ? key.toUpperCase() : key].join("+");
}

/** Works without a secure context too: xterm.js answers the copy event with the selection. */
function copy() {
  document.execCommand("copy");
}

/** Takes the view's chords out of what the terminal gets: Ctrl+Shift+F searches, Shift+F6 leaves. */
export function attach(term, { search, leave }) {
  term.attachCustomKeyEventHandler((event) => {
    const pressed = chord(event);
    if (PASTE.includes(pressed)) return false; // the browser pastes, and xterm.js puts it in brackets
    const actions = { "Ctrl+Shift+F": search, "Shift+F6": leave };
    if (term.hasSelection()) COPY.forEach((name) => (actions[name] = copy));
    if (!Object.hasOwn(actions, pressed)) return true;
    event.preventDefault();
    if (event.type === "keydown") actions[pressed]();
    return false;
  });
}
