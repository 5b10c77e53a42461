/** One view's connection to its terminal: protocol v1, numbered both ways, reconnecting for ever. */

// The page replaces the global one for Butterfly.
const NativeSocket = WebSocket;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30000;
const PIECE = 32768;
const LOGIN_ENDED = 4401;

/** A random id of this view instance; works without a secure context too. */
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Output, events and state go to the handlers given:
 * opened(message), output(text, offset), event(message), state("online"|"offline"|"ended").
 */
export class Link {
  #url;
  #account;
  #handlers;
  #socket = null;
  #client = randomId();
  #epoch = null;
  #offset = 0;
  #number = 0;
  #unacknowledged = [];
  #size = { cols: 80, rows: 24 };
  #failures = 0;
  #timer = 0;
  #decoder = new TextDecoder();

  /** True until the first connection stands or has failed. */
  fresh = true;
  /** True between the server's `opened` and the connection's end. */
  online = false;

  constructor(url, account, handlers) {
    this.#url = url;
    this.#account = account;
    this.#handlers = handlers;
  }

  /** Connect now unless connected. */
  retry() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    const socket = new NativeSocket(this.#url, "workshop.terminal.v1");
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#open(socket));
    socket.addEventListener("message", ({ data }) => this.#take(data));
    socket.addEventListener("close", ({ code }) => this.#closed(code));
    this.#socket = socket;
  }

  /** Send what a person typed; false when offline: then it is not taken. */
  type(text) {
    if (!this.online) return false;
    for (let start = 0; start < text.length; ) {
      let end = Math.min(start + PIECE, text.length);
      // A character outside the basic plane is two units that belong together.
      if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1])) end += 1;
      const message = { cmd: "input", n: ++this.#number, data: text.slice(start, end) };
      this.#unacknowledged.push(message);
      this.#send(message);
      start = end;
    }
    return true;
  }

  /** Report that everything before the offset is on the screen. */
  seen(offset) {
    if (this.online) this.#send({ cmd: "seen", offset });
  }

  /** Report the view's size. */
  resize(cols, rows) {
    this.#size = { cols, rows };
    if (this.online) this.#send({ cmd: "size", cols, rows });
  }

  /** Ask for a new shell after an exit. */
  restart() {
    if (this.online) this.#send({ cmd: "restart" });
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #open(socket) {
    const where = { epoch: this.#epoch, after: this.#offset };
    const who = { client: this.#client, view: "butterfly" };
    socket.send(JSON.stringify({ cmd: "open", ...where, ...who, ...this.#size }));
  }

  #take(data) {
    if (typeof data !== "string") {
      this.#offset = Number(new DataView(data).getBigUint64(0));
      this.#handlers.output(this.#decoder.decode(new Uint8Array(data, 8)), this.#offset);
      return;
    }
    const message = JSON.parse(data);
    if (message.cmd === "opened") this.#opened(message);
    else if (message.cmd === "ack") this.#acknowledge(message.n);
    else this.#handlers.event(message);
  }

  #opened(message) {
    this.#failures = 0;
    this.fresh = false;
    this.online = true;
    // Input for a shell that is gone is not typed into the next one.
    if (this.#epoch !== null && this.#epoch !== message.epoch) this.#unacknowledged = [];
    this.#epoch = message.epoch;
    this.#offset = message.from;
    this.#acknowledge(message.acked);
    this.#handlers.opened(message);
    this.#handlers.state("online");
    this.#unacknowledged.forEach((input) => this.#send(input));
  }

  #acknowledge(n) {
    this.#unacknowledged = this.#unacknowledged.filter((input) => input.n > n);
  }

  async #closed(code) {
    this.#socket = null;
    this.fresh = this.online = false;
    const ended = code === LOGIN_ENDED || (await this.#loggedOut());
    this.#handlers.state(ended ? "ended" : "offline");
    const longest = Math.min(FIRST_WAIT * 2 ** this.#failures++, LONGEST_WAIT);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.retry(), longest * (0.5 + Math.random() / 2));
  }

  /** A refused upgrade has no code of its own, so the dashboard is asked. */
  async #loggedOut() {
    try {
      const answer = await fetch(this.#account, { cache: "no-store", redirect: "manual" });
      return answer.status === 401;
    } catch {
      return false;
    }
  }
}
