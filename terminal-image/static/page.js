/** The words between this view and the dashboard's page around it, same origin only. */

/** Tell the page around us; nobody is told when there is none. */
export function post(message) {
  if (parent !== window) parent.postMessage({ kind: "workshop", ...message }, location.origin);
}

/** Leave the keyboard where it is: Butterfly takes it as it starts, also from a menu that is open. */
function takeKeyboardWhenGiven(input) {
  const take = () => HTMLElement.prototype.focus.call(input);
  input.focus = () => (parent === window || document.hasFocus()) && take();
  return take;
}

/** What this tab keeps of the runs in a terminal, as the other view keeps it too. */
export class KeptRuns {
  #name;

  constructor(terminal) {
    this.#name = `workshop.terminal.runs.${terminal}`;
  }

  /** The blocks that were under way in this shell. */
  read(epoch) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#name));
      return kept?.epoch === epoch ? kept.blocks : [];
    } catch {
      return []; // storage is off, or holds something strange
    }
  }

  write(epoch, blocks) {
    try {
      sessionStorage.setItem(this.#name, JSON.stringify({ epoch, blocks }));
    } catch {
      return; // storage is off or full: the blocks are followed as long as the page is there
    }
  }
}

/** Obey the page around us; what has to wait is done when the function that is returned is called. */
export function listen({ link, shell, runs, type }) {
  const waiting = [];
  const later = (act) => (asked) => (link.fresh ? waiting.push(() => act(asked)) : act(asked));
  const takeKeyboard = takeKeyboardWhenGiven(document.getElementById("input-helper"));
  const obey = {
    run: later(run),
    follow: later(({ id }) => runs.follow(id)),
    focus: () => {
      window.focus();
      takeKeyboard();
    },
    theme: ({ theme }) => {
      document.documentElement.dataset.theme = theme === "light" ? "light" : "dark";
    },
    font: ({ size }) => {
      document.body.style.fontSize = `${Number(size) || 14}px`;
      window.butterfly?.resize();
    },
    save,
  };

  function run(asked) {
    const { id, text, interrupt, force } = asked;
    if (!link.online) {
      runs.report(id, "offline");
    } else if (shell.exited && interrupt) {
      runs.report(id, "ended");
    } else if (shell.exited) {
      link.restart();
      waiting.push(() => run(asked));
    } else if (interrupt) {
      type("\x03");
      runs.report(id, "sent");
    } else if (runs.busy && !force) {
      runs.report(id, "asking");
    } else if (shell.taken && !force) {
      runs.report(id, "asking", { taken: true });
    } else {
      runs.begin(id, text);
      type(`${text.replace(/\r?\n/g, "\r").replace(/\r$/, "")}\r`);
    }
  }

  addEventListener("message", (event) => {
    const known = event.origin === location.origin && event.source === parent;
    if (!known || parent === window || event.data?.kind !== "workshop") return;
    if (Object.hasOwn(obey, event.data.type)) obey[event.data.type](event.data);
  });
  return () => waiting.splice(0).forEach((act) => act());
}

/** Save what the terminal shows, and what has scrolled away, to a file. */
function save() {
  const lines = document.querySelectorAll("#term .line");
  const text = Array.from(lines, (line) => line.textContent.replace(/\u00A0/g, " ").trimEnd());
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(new Blob([text.join("\n")], { type: "text/plain" }));
  anchor.download = `terminal-${document.body.dataset.sessionToken}.txt`;
  anchor.click();
  URL.revokeObjectURL(anchor.href);
}
