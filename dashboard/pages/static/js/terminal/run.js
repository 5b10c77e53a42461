/* Commands that the notes run: whether the terminal is free, and what became of each block. */

import { belongs, keys, made } from "./block.js";
import { recallHere, rememberHere, tell } from "./page.js";

const SETTLED = 250; // after a prompt: no further command of the block begins
const EATEN = 1_000; // typed ahead, and nothing began: what ran before took it, or Ctrl-C threw it away
const NOTHING = 3_000; // typed at a prompt, and nothing began: there is no command, or it is not complete

/** Follows the blocks that were sent, one after the other. `on` has type(text), online, taken, tell(run)
    and keep(blocks), which gets what a view that is loaded again must `restore`. */
export class Runs {
  #on;
  #last = null;
  #blocks = [];

  constructor(on) {
    this.#on = on;
  }

  /** Runs a block, or asks first while the terminal is busy or has something typed at its prompt; an interrupt goes out at once. */
  run({ id, text, interrupt = false, force = false }) {
    if (interrupt) return this.#tell(id, this.#on.type("\x03") ? "sent" : "offline");
    if (!this.#on.online()) return this.#tell(id, "offline");
    if (!force && this.#busy) return this.#tell(id, "asking");
    if (!force && this.#on.taken()) return this.#tell(id, "asking", { taken: true });
    this.#blocks.push(made(id, text, this.#last));
    this.#on.type(keys(text));
    this.#tell(id, "sent");
    if (this.#last?.state === "prompt" && this.#blocks.length === 1) this.#prompt();
    return undefined;
  }

  /** Takes up what an earlier view of this shell followed; `event` is what the shell said last. */
  restore(blocks, event) {
    this.#blocks = blocks;
    this.missed(event);
  }

  /** Tells how a block stands that was asked for earlier. */
  follow(id) {
    const block = this.#blocks.find((each) => each.id === id);
    this.#tell(id, !block ? "lost" : block.begun ? "running" : "sent");
  }

  /** Takes in what the shell says: a prompt, a command begun, a command done. */
  command(event) {
    this.#last = event;
    if (event.state === "running") this.#begun(event);
    else if (event.state === "done") this.#done(event);
    else if (event.state === "prompt") this.#prompt();
  }

  /** Takes in the last event after an absence; what was missed is read from it. */
  missed(event) {
    if (!event) return;
    let block = this.#blocks[0];
    if (block?.begun >= block?.lines.length && block.status === undefined && event.n > block.at) {
      // All of it had begun, and others have since: how it ended is not known any more.
      this.#blocks.shift();
      this.#tell(block.id, "lost");
      block = this.#blocks[0];
    }
    if (block && event.n < block.at) return this.over(null); // another shell counts from one again
    const over = block && event.state !== "running" && event.n > block.since && block.status === undefined;
    if (over) this.#done({ ...event, status: event.status ?? null });
    this.command(event);
    return undefined;
  }

  /** The shell ended, or is another one: no block has anything to wait for. */
  over(status) {
    for (const block of this.#blocks.splice(0)) {
      clearTimeout(block.timer);
      const ended = status === 0 ? "done" : "failed";
      this.#tell(block.id, block.begun || block.free ? ended : "unrun", { status, seconds: null });
    }
    this.#last = null;
  }

  get #busy() {
    if (!this.#last) return false;
    const block = this.#blocks[0];
    return this.#last.state === "running" || (block && (block.status === undefined || block.begun < block.lines.length));
  }

  #begun({ n, line }) {
    let block = this.#blocks[0];
    if (!block || n <= block.at) return;
    clearTimeout(block.timer);
    if (this.#blocks.length > 1 && !belongs(line, block, this.#blocks[1])) {
      this.#settle(block);
      block = this.#blocks[0];
    }
    block.begun += 1;
    block.at = n;
    if (block.begun === 1) this.#tell(block.id, "running");
  }

  #done({ n, status, seconds }) {
    const block = this.#blocks[0];
    if (!block || n <= block.since) return;
    block.status = status ?? null;
    block.seconds += seconds ?? 0;
  }

  #prompt() {
    const block = this.#blocks[0];
    if (!block) return;
    clearTimeout(block.timer);
    const idle = block.free ? NOTHING : EATEN;
    block.timer = setTimeout(() => this.#settle(block), block.status === undefined ? idle : SETTLED);
  }

  #settle(block) {
    clearTimeout(block.timer);
    this.#blocks.shift();
    const { status = null, seconds, begun, free, lines } = block;
    // Not one command began. Typed at a prompt the block is not complete, typed ahead it never came to one.
    const none = lines.length && !begun && (free ? "failed" : "unrun");
    this.#tell(block.id, none || (status ? "failed" : "done"), { status, seconds: begun ? seconds : null });
    if (this.#blocks.length && this.#last?.state === "prompt") this.#prompt();
  }

  #tell(id, state, result = {}) {
    this.#on.keep(this.#blocks.map(({ timer, ...block }) => block));
    this.#on.tell({ id, state, status: null, seconds: null, ...result });
  }
}

/** The follower of this view's shell, knowing what the shell said last and what it was to run. */
export function create({ given, link, shell, type }) {
  const name = `runs.${given.name}`;
  const keep = (blocks) => rememberHere(name, { epoch: shell.epoch, blocks });
  const { epoch, blocks } = recallHere(name) ?? {};
  const [online, taken] = [() => link.online && !shell.ended, () => shell.taken];
  const runs = new Runs({ type, keep, online, taken, tell: (run) => tell("run", run) });
  runs.restore(epoch === shell.epoch ? blocks : [], shell.last);
  return runs;
}
