/* The quiet line at the foot of the screen: lost connection, refused keys, an ended shell. */

const SETTLE = 600; // a connection that is back sooner is not worth a word
const PASSING = 2_500;

/** What the line says about a connection that does not stand, with a button for `press`. */
export function connectionWords(state, { until, code }, press) {
  if (state === "ended") {
    return { words: "Your login has ended.", button: "Log in again", press, soon: true, bad: true };
  }
  const words = code === 1013 ? "Too many terminals are open. Trying again" : "Reconnecting …";
  return { words, until, button: "Try now", press };
}

/** The line's words; they change places with one another, the most lasting one stays. */
export class Notice {
  #bar;
  #words;
  #count;
  #button;
  #lasting = null;
  #timer = 0;
  #clock = 0;

  constructor(bar, shown) {
    this.#bar = bar;
    this.#words = bar.querySelector(".notice-words");
    this.#count = bar.querySelector(".notice-count");
    this.#button = bar.querySelector(".notice-button");
    this.shown = shown;
  }

  /** Says something until it is taken back: {words, button, press, until, bad, soon}. */
  keep(lasting) {
    const known = this.#lasting?.words === lasting.words || !this.#bar.hidden;
    this.#lasting = lasting;
    clearTimeout(this.#timer);
    if (lasting.soon || known) this.#show(lasting);
    else this.#timer = setTimeout(() => this.#show(lasting), SETTLE);
  }

  /** Takes the lasting words back; if they were seen, `parting` is said instead for a moment. */
  release(parting) {
    const seen = this.#lasting && !this.#bar.hidden;
    this.#lasting = null;
    clearTimeout(this.#timer);
    if (seen && parting) this.pass(parting);
    else this.#hide();
  }

  /** Says something for a moment, then what lasts again; the button of that stays within reach. */
  pass(words) {
    const { button, press } = this.#lasting ?? {};
    this.#show({ words, button, press, fading: !this.#lasting });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#lasting ? this.#show(this.#lasting) : this.#hide()), PASSING);
  }

  #show({ words, button, press, until, bad = false, fading = false }) {
    clearInterval(this.#clock);
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#count.textContent = "";
    if (until) {
      const tick = () => {
        const left = Math.ceil((until - Date.now()) / 1000);
        this.#count.textContent = left > 0 ? `in ${left} s` : "now";
      };
      tick();
      this.#clock = setInterval(tick, 250);
    }
    this.#button.hidden = !button;
    this.#button.textContent = button ?? "";
    this.#button.onclick = press ?? null;
    this.#bar.classList.toggle("bad", bad);
    this.#bar.classList.toggle("fading", fading);
    this.#bar.hidden = false;
    this.shown(true);
  }

  #hide() {
    clearInterval(this.#clock);
    this.#bar.hidden = true;
    this.shown(false);
  }
}
