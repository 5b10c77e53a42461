/** Follows a command that the page ran: sent, running, then done or failed by its exit status. */

const SETTLED = 250;

export class Runs {
  #post;
  #current = null;
  #timer = 0;
  #command = null;

  constructor(post) {
    this.#post = post;
  }

  /** True while the shell says that a command is running. */
  get busy() {
    return this.#command?.state === "running";
  }

  /** The block of this id has been typed. */
  begin(id) {
    clearTimeout(this.#timer);
    this.#current = { id, done: null };
    this.#tell("sent");
  }

  /** Tell the page about a block that is not followed. */
  report(id, state) {
    this.#post({ type: "run", id, state });
  }

  /** A shell event; a repeated one (after a reconnect) changes nothing. */
  take(command) {
    const was = this.#command;
    if (command && was && was.n === command.n && was.state === command.state) return;
    const busy = this.busy;
    this.#command = command;
    if (busy !== this.busy) this.#post({ type: "busy", busy: this.busy });
    if (!this.#current || !command) return;
    if (command.state === "running") {
      clearTimeout(this.#timer);
      this.#tell("running");
    } else if (command.state === "done") {
      this.#current.done = command;
    } else if (this.#current.done) {
      this.#timer = setTimeout(() => this.#finish(), SETTLED);
    }
  }

  /** The shell has ended, and with it what ran. */
  exit(status) {
    if (this.#current) {
      this.#current.done = { status, seconds: null };
      this.#finish();
    }
    this.take(null);
  }

  #finish() {
    const { status, seconds } = this.#current.done;
    this.#tell(status === 0 ? "done" : "failed", status, seconds);
    this.#current = null;
  }

  #tell(state, status = null, seconds = null) {
    this.#post({ type: "run", id: this.#current.id, state, status, seconds });
  }
}
