/* The screen: xterm.js with its size, colours and letters; output goes in, what is typed comes out. */

import { byPerson } from "./shortcuts.js";

const SCROLLBACK = 10_000;
const SCROLLBAR = 14;
//: Synchronized output: the old screen stays until the new one is complete, so nothing flickers.
const HOLD = "\x1b[?2026h";
const SHOW = "\x1b[?2026l";
const ANSI = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const COLOURS = {
  background: "--term", foreground: "--term-ink", cursor: "--term-ink", cursorAccent: "--term",
  selectionBackground: "--term-selection", scrollbarSliderBackground: "--term-slider",
};
ANSI.forEach((name, number) => {
  COLOURS[name] = `--ansi-${number}`;
  COLOURS[`bright${name[0].toUpperCase()}${name.slice(1)}`] = `--ansi-${number + 8}`;
});

/** The colours of the style sheet as xterm.js wants them. */
function colours(place) {
  const probe = place.appendChild(document.createElement("i"));
  const theme = {};
  for (const [name, token] of Object.entries(COLOURS)) {
    probe.style.color = `var(${token})`;
    theme[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return theme;
}

/** True where a graphics card draws; a software one is slower than the DOM renderer. */
export function accelerated() {
  const gl = document.createElement("canvas").getContext("webgl2");
  const known = gl?.getExtension("WEBGL_debug_renderer_info");
  const name = known ? gl.getParameter(known.UNMASKED_RENDERER_WEBGL) : "software";
  return !/swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** One xterm.js in `place`. `on` has typed(text, human), rendered(offset) and resized(size). */
export class Screen {
  #place;
  #on;
  #stream = 0;
  #queued = 0;
  #asked = false;
  #held = 0;
  #settle = 0;
  #pasting = false;

  constructor({ Terminal, Unicode11Addon }, place, on, options) {
    this.#place = place;
    this.#on = on;
    // On its element too, as xterm.js itself does not: for the browser's console, and for tests.
    const term = (this.term = place.terminal = new Terminal({
      allowProposedApi: true,
      scrollback: SCROLLBACK,
      minimumContrastRatio: 4.5,
      fontFamily: getComputedStyle(place).fontFamily,
      lineHeight: 1.2,
      theme: colours(place),
      ...options,
    }));
    term.loadAddon(new Unicode11Addon());
    term.unicode.activeVersion = "11";
    term.open(place);
    term.onData((data) => this.#typed(data));
    new ResizeObserver(() => this.#measure()).observe(place);
  }

  /** The size that fills the place, or null while it is hidden. */
  get size() {
    const drawn = this.term.element.querySelector(".xterm-screen").getBoundingClientRect();
    const cols = Math.floor((this.#place.clientWidth - SCROLLBAR) / (drawn.width / this.term.cols));
    const rows = Math.floor(this.#place.clientHeight / (drawn.height / this.term.rows));
    return cols > 1 && rows > 0 && drawn.width > 0 ? { cols, rows } : null;
  }

  /** Takes a size. */
  resize({ cols, rows }) {
    this.term.resize(cols, rows);
  }

  /** Shows bytes that end at `offset`. The server strips programs' questions from the output, and
      asks them of one view in frames that do not advance: those alone are answered. */
  write(bytes, offset) {
    const stream = this.#stream;
    const question = offset === this.#queued;
    this.#queued = offset;
    if (question) this.term.write("", () => (this.#asked = true));
    this.term.write(bytes, () => {
      this.#asked = false;
      if (stream !== this.#stream) return;
      this.#on.rendered(offset);
      if (this.#held) this.#show(50);
    });
  }

  /** Begins an empty screen at `offset`; with `hold` the old one stays until the new one is complete. */
  clear(offset, { hold, mark }) {
    this.#stream += 1;
    this.#queued = offset;
    this.term.write("", () => this.term.reset());
    if (hold) this.term.write(HOLD, () => this.#show(500));
    if (mark) this.term.write(`\x1b[2m${mark}\x1b[22m\r\n`);
  }

  /** Moves the last lines up while something stands at the foot of the screen. */
  lift(lifted) {
    const { cursorY } = this.term.buffer.active;
    this.#place.classList.toggle("lifted", lifted && cursorY >= this.term.rows - 3);
  }

  /** Takes the colours of the style sheet anew. */
  repaint() {
    this.term.options.theme = colours(this.#place);
  }

  /** Sets the size of the letters. */
  letters(fontSize) {
    this.term.options.fontSize = fontSize;
    this.#measure();
  }

  /** Types text as a paste, in brackets where the program asks for them. */
  paste(text) {
    this.#pasting = true;
    this.term.paste(text);
    this.#pasting = false;
  }

  #typed(data) {
    const human = this.#pasting || byPerson() || !data.startsWith("\x1b");
    if (human || this.#asked || window.event instanceof FocusEvent) this.#on.typed(data, human);
  }

  #show(wait) {
    clearTimeout(this.#held);
    this.#held = setTimeout(() => {
      this.#held = 0;
      this.term.write(SHOW);
    }, wait);
  }

  #measure() {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.size && this.#on.resized(this.size), 60);
  }
}
