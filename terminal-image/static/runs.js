/** Follows the blocks that the page ran: sent, running, then done or failed by exit status, or not run. */

const SETTLED = 250; // after a prompt: no further command of the block begins
const EATEN = 1000; // typed ahead, and nothing began: what ran before took it, or Ctrl-C threw it away
const NOTHING = 3000; // typed at a prompt, and nothing began: there is no command, or it is not complete

/** The commands that a block may be: its lines, without empty ones and comments. */
const commands = (text) => text.split("\n").filter((line) => /^\s*[^\s#]/.test(line));

export class Runs {
  #post;
  #kept;
  #blocks = [];
  #timer = 0;
  #command = null;
  #epoch = null;

  /** `kept` has read(epoch) and write(epoch, blocks), for a view that is loaded again. */
  constructor(post, kept) {
    this.#post = post;
    this.#kept = kept;
  }

  /** True while the shell says that a command is running, or a block has not come to its end. */
  get busy() {
    const [block] = this.#blocks;
    const open = block && (block.status === undefined || block.begun < block.lines.length);
    return this.#command?.state === "running" || Boolean(this.#command && open);
  }

  /** The block of this id has been typed. */
  begin(id, text) {
    const { n = 0, state } = this.#command ?? {};
    const free = state === "prompt";
    this.#blocks.push({ id, lines: commands(text), free, since: n, at: n, begun: 0, seconds: 0 });
    this.#tell(id, "sent");
    if (free && this.#blocks.length === 1) this.#wait();
  }

  /** Tell the page about a block that is not followed. */
  report(id, state, details = {}) {
    this.#post({ type: "run", id, state, ...details });
  }

  /** Tell how a block stands that was asked for earlier, perhaps of an earlier view. */
  follow(id) {
    const block = this.#blocks.find((each) => each.id === id);
    this.report(id, !block ? "lost" : block.begun ? "running" : "sent");
  }

  /** A connection begins, and this is the shell's last event; an earlier view's blocks are taken up. */
  opened(epoch, command) {
    if (this.#epoch === null) this.#blocks = this.#kept.read(epoch);
    else if (this.#epoch !== epoch) this.exit(null);
    this.#epoch = epoch;
    const [block] = this.#blocks;
    if (block && command && command.n > block.since && block.status === undefined) this.#missed(block, command);
    this.take(command);
  }

  #missed(block, command) {
    if (block.begun >= block.lines.length && command.n > block.at) {
      this.#blocks.shift(); // others have used the shell since: how it ended is not known any more
      this.#tell(block.id, "lost");
    } else if (command.state !== "running") {
      Object.assign(block, { begun: block.begun || 1, at: command.n });
      this.#done(command);
    }
  }

  /** A shell event; a repeated one (after a reconnect) changes nothing. */
  take(command) {
    const was = this.#command;
    if (command && was && was.n === command.n && was.state === command.state) return;
    this.#command = command;
    const busy = command?.state === "running";
    if (busy !== (was?.state === "running")) this.#post({ type: "busy", busy });
    if (!command || !this.#blocks.length) return;
    if (busy) this.#begun(command.n);
    else if (command.state === "prompt") this.#wait();
    else this.#done(command);
  }

  /** The shell has ended, and with it what ran. */
  exit(status) {
    clearTimeout(this.#timer);
    for (const { id, begun } of this.#blocks.splice(0)) {
      this.#tell(id, !begun ? "unrun" : status === 0 ? "done" : "failed", status);
    }
    this.take(null);
  }

  #done({ n, status, seconds }) {
    const [block] = this.#blocks;
    if (n > block.since) Object.assign(block, { status: status ?? null, seconds: block.seconds + (seconds ?? 0) });
  }

  #begun(n) {
    clearTimeout(this.#timer);
    const { status, begun, lines } = this.#blocks[0];
    if (status !== undefined && begun >= lines.length && this.#blocks.length > 1) this.#finish();
    const [block] = this.#blocks;
    if (n <= block.at) return;
    Object.assign(block, { begun: block.begun + 1, at: n });
    this.#tell(block.id, "running");
  }

  #wait() {
    clearTimeout(this.#timer);
    const [{ status, free }] = this.#blocks;
    const idle = free ? NOTHING : EATEN;
    this.#timer = setTimeout(() => this.#settle(), status === undefined ? idle : SETTLED);
  }

  #settle() {
    this.#finish();
    if (this.#blocks.length) this.#wait();
  }

  #finish() {
    const { id, lines, free, begun, status, seconds } = this.#blocks.shift();
    const none = lines.length && !begun && (free ? "failed" : "unrun");
    this.#tell(id, none || (status ? "failed" : "done"), status, begun ? seconds : null);
  }

  #tell(id, state, status = null, seconds = null) {
    this.#kept.write(this.#epoch, this.#blocks);
    this.report(id, state, { status, seconds });
  }
}
