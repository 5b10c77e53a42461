/* What is known of the shell behind the screen: its title, its commands, and whether it has ended. */

import { recall, tell } from "./page.js";

const STARTED = 2_000; // a shell without marks has its prompt by then

/** Follows one shell and tells the page; runs of the notes are handed to the part that follows them. */
export class ShellState {
  #view;
  #fresh = true;
  #early = []; // runs asked for before the first connection, or before a new shell's prompt
  #later = []; // runs of an earlier view, asked for before it is known whether the shell is the same
  #following = null;
  #starting = 0;
  last = null;
  epoch = null;
  taken = false; // something stands at the prompt already
  title = "";
  ended = false;

  constructor(view) {
    this.#view = view;
  }

  /** Takes in the state at the beginning of a connection. */
  opened({ epoch, resumed, command, exited, title, taken }) {
    if (!resumed && !this.#fresh) this.#tellRuns("over", null);
    else this.#tellRuns("missed", command);
    this.#fresh = false;
    Object.assign(this, { epoch, taken });
    this.#note(command);
    if (title) this.#named(title);
    if (exited) this.#exit(exited);
    else if (this.ended) this.#restarted();
    this.#runEarly();
    this.#later.splice(0).forEach((id) => this.follow(id));
  }

  /** Takes in an event of a connection that stands. */
  message(event) {
    if (event.cmd === "ports") tell("ports", { ports: event.ports });
    if (event.cmd === "command") {
      this.#note(event);
      this.#tellRuns("command", event);
      if (event.state === "prompt") this.#runEarly();
    } else if (event.cmd === "line") this.taken = event.taken;
    else if (event.cmd === "title") this.#named(event.title);
    else if (event.cmd === "exit") this.#exit(event);
    else if (event.cmd === "restarted") this.#restarted();
  }

  /** Runs a block of the notes; one that comes before the first connection waits for it, and one that
      comes after the shell has ended has a new one started for it. */
  run(asked) {
    const { link, part } = this.#view;
    const connecting = this.#fresh && link.state === "connecting";
    if (this.ended && asked.interrupt) return tell("run", { id: asked.id, state: "ended", status: null, seconds: null });
    if (connecting || this.#starting || (this.ended && this.restart())) return this.#early.push(asked);
    this.#following ??= part("run");
    return this.#following.then(
      (runs) => runs.run(asked),
      () => tell("run", { id: asked.id, state: "offline", status: null, seconds: null }),
    );
  }

  /** Tells how a run stands that the page asked for before it, or this view, was loaded again. */
  follow(id) {
    if (!this.epoch) return this.#later.push(id);
    this.#following ??= this.#view.part("run");
    return this.#tellRuns("follow", id);
  }

  /** The first connection did not come about: who waits for it is told. */
  unreachable() {
    this.#fresh = false;
    this.#runEarly();
  }

  #runEarly() {
    clearTimeout(this.#starting);
    this.#starting = 0;
    this.#early.splice(0).forEach((asked) => this.run(asked));
  }

  /** Asks for a new shell. */
  restart() {
    return this.#view.link.tell({ cmd: "restart" });
  }

  #tellRuns(name, value) {
    this.#following?.then((runs) => runs[name](value), () => {});
  }

  #note(command) {
    const busy = command?.state === "running";
    if (busy !== (this.last?.state === "running")) tell("busy", { busy });
    this.last = command;
  }

  /** Tells the title: the name that the person gave, else what the shell says. */
  retitle() {
    this.#named(this.title);
  }

  #named(title) {
    this.title = title;
    const name = recall(`title.${this.#view.given.name}`) ?? title;
    document.title = name;
    this.#view.find(".tools-title").title = name;
    tell("title", { title: name });
  }

  #exit({ status }) {
    this.ended = true;
    this.taken = false;
    const press = () => this.restart() && this.#view.focus();
    const words = `The shell ended${status ? ` with status ${status}` : ""}. Press Enter to start a new one.`;
    this.#view.notice.keep({ words, button: "New shell", press, soon: true });
    this.#note(null);
    this.#tellRuns("over", status);
    tell("exit", { status });
  }

  #restarted() {
    this.ended = false;
    this.#view.notice.release();
    this.#starting = setTimeout(() => this.#runEarly(), STARTED);
  }
}
