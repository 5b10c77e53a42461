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

/** Obey the page around us; what it wants run at first waits until the function returned is called. */
export function listen({ link, runs, type }) {
  const waiting = [];
  const takeKeyboard = takeKeyboardWhenGiven(document.getElementById("input-helper"));
  const obey = {
    run: (asked) => (link.fresh ? waiting.push(asked) : run(asked)),
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

  function run({ id, text, interrupt, force }) {
    if (!link.online) {
      runs.report(id, "offline");
    } else if (interrupt) {
      type("\x03");
      runs.report(id, "sent");
    } else if (runs.busy && !force) {
      runs.report(id, "asking");
    } else {
      runs.begin(id);
      type(`${text.replace(/\r?\n/g, "\r").replace(/\r$/, "")}\r`);
    }
  }

  addEventListener("message", (event) => {
    const known = event.origin === location.origin && event.source === parent;
    if (!known || parent === window || event.data?.kind !== "workshop") return;
    if (Object.hasOwn(obey, event.data.type)) obey[event.data.type](event.data);
  });
  return () => waiting.splice(0).forEach(run);
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
