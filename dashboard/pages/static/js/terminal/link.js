/* The connection to the terminal server: protocol workshop.terminal.v1, kept up for ever. */

import { Outbox, Receipts } from "./outbox.js";
import { Pulse, loggedOut, onReturn, pause } from "./upkeep.js";

const STABLE = 10_000;
const LOGIN_ENDED = 4401;
//: Codes by which a server says that coming back at once is no use, and the first attempt's number.
const HOLD_OFF = { 1008: 4, 1009: 4, 1013: 4 };

/** One terminal's connection. `on` has geometry, state, opened, output and message. */
export class TerminalLink {
  #socket = null;
  #outbox = new Outbox();
  #client = crypto.getRandomValues(new Uint32Array(4)).join("-");
  #place = { epoch: null, after: 0 };
  receipts = new Receipts((offset) => this.tell({ cmd: "seen", offset }));
  #greeted = false;
  #attempt = 0;
  #timers = {};
  #pulse = new Pulse({
    ask: () => this.tell({ cmd: "ping" }),
    pending: () => this.online && this.#outbox.waiting,
    dead: () => this.online && this.connect(),
  });
  state = "connecting";

  constructor({ url, session, on }) {
    Object.assign(this, { url, session, on });
    onReturn(() => this.nudge());
  }

  get online() {
    return this.state === "online";
  }

  /** Connects now; a connection that is there already is replaced. */
  connect() {
    this.#drop();
    this.#become("connecting");
    const socket = new WebSocket(this.url, "workshop.terminal.v1");
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#timers.slow = setTimeout(() => this.#closed(1006), 15_000);
    socket.onopen = () => this.greet();
    socket.onclose = ({ code }) => this.#closed(code);
    socket.onmessage = ({ data }) => {
      this.#pulse.heard();
      if (typeof data === "string") this.#control(JSON.parse(data));
      else this.#output(data);
    };
  }

  /** Opens the terminal once both the socket and the size of the screen are there. */
  greet() {
    const size = this.on.geometry();
    if (!size || this.#socket?.readyState !== WebSocket.OPEN || this.#greeted) return;
    this.#greeted = true;
    const open = { cmd: "open", ...this.#place, client: this.#client, view: "xterm", ...size };
    this.#socket.send(JSON.stringify(open));
  }

  /** Types text; false when not connected, and then nothing is kept. */
  type(text, human = true) {
    if (!this.online) return false;
    this.#outbox.add(text, human);
    this.#pump();
    return true;
  }

  /** Tells the server something now; false when not connected. */
  tell(message) {
    if (this.online) this.#socket.send(JSON.stringify(message));
    return this.online;
  }

  /** Something may have changed (network back, lid opened, button pressed): try or check at once. */
  async nudge() {
    if (this.online) this.#pulse.doubt();
    else if (this.state === "waiting") this.connect();
    else if (this.state === "ended" && !(await loggedOut(this.session))) this.connect();
  }

  #pump() {
    this.#outbox.pump((frame) => this.#socket.send(frame));
  }

  #output(buffer) {
    this.#place.after = Number(new DataView(buffer).getBigUint64(0));
    this.on.output(new Uint8Array(buffer, 8), this.#place.after);
  }

  #control(message) {
    if (message.cmd === "opened") this.#opened(message);
    else if (message.cmd === "ack") {
      this.#outbox.acknowledge(message.n);
      this.#pump();
    } else if (message.cmd !== "pong") this.on.message(message);
  }

  #opened(message) {
    const { epoch, from, acked } = message;
    const dropped = this.#outbox.returned(acked, epoch === this.#place.epoch);
    this.#place = { epoch, after: from };
    this.receipts.start(from);
    clearTimeout(this.#timers.slow);
    clearTimeout(this.#timers.stable);
    this.#timers.stable = setTimeout(() => (this.#attempt = 0), STABLE);
    this.#become("online");
    this.on.opened({ ...message, dropped });
    this.#pump();
  }

  #drop() {
    Object.values(this.#timers).forEach(clearTimeout);
    this.#timers = {};
    this.#pulse.rest();
    this.#greeted = false;
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
    this.#socket = null;
  }

  async #closed(code) {
    const refused = !this.online;
    this.#drop();
    this.#attempt = Math.max(this.#attempt, HOLD_OFF[code] ?? 0);
    const wait = pause(this.#attempt);
    this.#attempt += 1;
    this.#timers.retry = setTimeout(() => this.connect(), wait);
    this.#become("waiting", { until: Date.now() + wait, code });
    const ended = code === LOGIN_ENDED || (refused && (await loggedOut(this.session)));
    if (ended && !this.online) {
      this.#drop();
      this.#become("ended");
    }
  }

  #become(state, detail = {}) {
    this.state = state;
    this.on.state(state, detail);
  }
}
