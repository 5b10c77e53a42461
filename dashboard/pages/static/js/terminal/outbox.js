/* The two counts of the protocol: input taken by the shell, and output rendered by this view. */

const PIECE = 16 * 1024; // UTF-16 units: at most 48 KiB of UTF-8, below the protocol's 64 KiB
const WINDOW = 256 * 1024; // sent and not yet acknowledged; a large paste waits here, not in the socket

const SEEN_EVERY = 64 * 1024;

/** Cuts text into pieces that fit a message; no surrogate pair is split. */
export function pieces(text) {
  const parts = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PIECE, text.length);
    if (end < text.length && text.charCodeAt(end - 1) >> 10 === 0x36) end -= 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

/** Numbered input: every piece is handed to the shell once, whatever the connection does. */
export class Outbox {
  #last = 0;
  #flying = 0;
  #entries = [];

  /** True while some input has not been acknowledged. */
  get waiting() {
    return this.#entries.length > 0;
  }

  /** Takes text in; a person's is told from a terminal's answer by the order of the keys. */
  add(text, human) {
    for (const data of pieces(text)) {
      this.#last += 1;
      const n = this.#last;
      const frame = human
        ? { cmd: "input", n, data }
        : { answer: true, cmd: "input", n, data };
      this.#entries.push({ n, human, frame: JSON.stringify(frame), size: data.length, sent: false });
    }
  }

  /** Hands unsent frames to `send`, in order, as far as the window reaches. */
  pump(send) {
    for (const entry of this.#entries) {
      if (entry.sent) continue;
      if (this.#flying > 0 && this.#flying + entry.size > WINDOW) return;
      entry.sent = true;
      this.#flying += entry.size;
      send(entry.frame);
    }
  }

  /** Drops what the server has taken, up to number n. */
  acknowledge(n) {
    while (this.#entries.length && this.#entries[0].n <= n) {
      const { sent, size } = this.#entries.shift();
      if (sent) this.#flying -= size;
    }
  }

  /** After a reconnect: what the same shell has not taken is sent again; nothing is typed into a
      new one. Tells whether a person's input was dropped so. */
  returned(n, same) {
    this.acknowledge(n);
    this.#flying = 0;
    for (const entry of this.#entries) entry.sent = false;
    if (same) return false;
    const dropped = this.#entries.some(({ human }) => human);
    this.#entries = [];
    this.#last = n;
    return dropped;
  }
}

/** Receipts for rendered output: at once for much of it, and for the rest when it pauses. */
export class Receipts {
  #seen = 0;
  #told = 0;
  #timer = 0;
  #send;

  constructor(send) {
    this.#send = send;
  }

  /** Counts from `offset` on. */
  start(offset) {
    this.#seen = this.#told = offset;
  }

  /** Output up to `offset` has been rendered. */
  rendered(offset) {
    this.#seen = offset;
    if (offset - this.#told >= SEEN_EVERY) this.#tell();
    else this.#timer ||= setTimeout(() => this.#tell(), 100);
  }

  #tell() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#seen <= this.#told) return;
    this.#told = this.#seen;
    this.#send(this.#seen);
  }
}
