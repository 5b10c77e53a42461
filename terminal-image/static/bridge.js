/** Puts one protocol v1 connection under Butterfly's page, which expects two WebSockets. */

import { watchClipboard } from "./clipboard.js";
import { Link } from "./link.js";
import { KeptRuns, listen, post } from "./page.js";
import { Runs } from "./runs.js";
import { deliver, replaceSockets } from "./socket.js";

const CLEAR = "\x1bc";
const LOST = "\x1b[2m[older output is gone]\x1b[0m\r\n";
const INTERRUPT_ON_RECONNECT = "\x03\n";
const notice = document.getElementById("notice");
const name = document.body.dataset.sessionToken;
const runs = new Runs(post, new KeptRuns(name));
//: Whether the shell has ended, and whether something stands at its prompt already.
const shell = { exited: false, taken: false };
let own = { cols: 0, rows: 0 };
let started = false;
let ending = "";

// Butterfly asks its touch extension first; we leave that extension out.
window.mobileKeydown = () => false;

const address = new URL(`../ws/session/${name}`, location.href);
address.protocol = address.protocol.replace("http", "ws");
address.search = "";

const link = new Link(address.href, new URL("../../api/session", location.href).href, {
  opened(message) {
    if (!message.resumed) show(CLEAR + (message.lost ? LOST : ""));
    if (message.cols !== own.cols || message.rows !== own.rows) fit(message);
    runs.opened(message.epoch, message.command);
    Object.assign(shell, { exited: Boolean(message.exited), taken: message.taken });
    // Over the terminal, not in it: what the shell wrote is still to come.
    ending = shell.exited ? ended(message.exited.status) : "";
  },
  output(text, offset) {
    show(text);
    // Butterfly renders a millisecond later; timers of one length keep their order.
    setTimeout(() => link.seen(offset), 1);
  },
  event(message) {
    if (message.cmd === "size") fit(message);
    else if (message.cmd === "command") runs.take(message);
    else if (message.cmd === "line") shell.taken = message.taken;
    else if (message.cmd === "title") post({ type: "title", title: message.title });
    else if (message.cmd === "ports") post({ type: "ports", ports: message.ports });
    else if (message.cmd === "restarted") restarted();
    else if (message.cmd === "exit") end(message.status);
    else if (message.cmd === "refused") say("No more terminals can be opened. Close one first.");
  },
  state(state) {
    if (state === "online") say(ending);
    else if (state === "ended") say("Your login has ended. Log in again to go on.");
    else say("Reconnecting… What runs here goes on.");
    post({ type: "connection", state });
    settle();
  },
});

/** Show a quiet line over the terminal, or take it away. */
function say(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

/** Hand text to Butterfly's parser. */
function show(text) {
  if (text) deliver("shell", text);
}

/** Take the terminal's size, set by whoever typed last. */
function fit({ cols, rows }) {
  deliver("ctl", JSON.stringify({ cmd: "size", cols, rows }));
}

const ended = (status) => `The shell has ended (${status}). Press Enter for a new one.`;

function restarted() {
  shell.exited = false;
  say((ending = ""));
  settle();
}

function end(status) {
  Object.assign(shell, { exited: true, taken: false });
  show(`\r\n\x1b[2m[${ended(status)}]\x1b[0m\r\n`);
  runs.exit(status);
  post({ type: "exit", status });
}

/** What a person typed: taken, or visibly not. */
function type(text) {
  if (text === INTERRUPT_ON_RECONNECT) return true;
  if (shell.exited && link.online) {
    if (text.includes("\r")) link.restart();
    return true;
  }
  if (link.type(text)) return true;
  say("Not connected: keys are not taken. Reconnecting…");
  notice.classList.remove("refused");
  void notice.offsetWidth; // restarts the animation
  notice.classList.add("refused");
  return false;
}

function control(text) {
  const message = JSON.parse(text);
  if (message.cmd !== "size") return;
  own = { cols: message.cols, rows: message.rows };
  link.resize(own.cols, own.rows);
  if (started) return;
  started = true;
  link.retry();
  addEventListener("online", () => link.retry());
  document.addEventListener("visibilitychange", () => document.hidden || link.retry());
}

replaceSockets({ ctl: control, shell: type });
watchClipboard(type);
const settle = listen({ link, shell, runs, type });
post({ type: "ready" });
