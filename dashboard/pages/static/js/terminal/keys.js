/* The row of keys that a touch keyboard lacks; Ctrl and Alt hold for the next key. */

const SENDS = {
  Escape: "\x1b", Tab: "\t", Left: "D", Down: "B", Up: "A", Right: "C",
};

/** What a key of the row types; arrows as the program in the terminal wants them. */
function typed(key, application) {
  const sends = SENDS[key] ?? key;
  return /^[A-D]$/.test(sends) && key.length > 1 ? `\x1b${application ? "O" : "["}${sends}` : sends;
}

/** Shows the row and keeps it above the keyboard. */
export function create(view) {
  const { find, screen } = view;
  const row = find(".keys");
  const held = { Ctrl: row.querySelector("[data-hold=Ctrl]"), Alt: row.querySelector("[data-hold=Alt]") };
  const down = (name) => held[name].getAttribute("aria-pressed") === "true";
  const hold = (name, on) => held[name].setAttribute("aria-pressed", String(on));

  view.modify = (data) => {
    let text = data;
    if (down("Ctrl") && /^[@-_a-z ?]$/.test(text)) text = text === "?" ? "\x7f" : String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f);
    if (down("Alt")) text = `\x1b${text}`;
    hold("Ctrl", false);
    hold("Alt", false);
    return text;
  };

  row.addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard stays up
  row.addEventListener("click", ({ target }) => {
    const { key, hold: name } = target.closest("button")?.dataset ?? {};
    if (name) hold(name, !down(name));
    if (key) view.type(view.modify(typed(key, screen.term.modes.applicationCursorKeysMode)));
    screen.term.focus();
  });
  // Of several terminals on a page it is the one typed into that has the row.
  const show = () => { row.hidden = window.parent !== window && !document.hasFocus(); };
  window.addEventListener("focus", show);
  window.addEventListener("blur", show);
  show();

  const viewport = window.visualViewport;
  const fit = () => {
    document.body.style.height = `${viewport.height}px`;
    window.scrollTo(0, 0);
  };
  viewport?.addEventListener("resize", fit);
  return {};
}
