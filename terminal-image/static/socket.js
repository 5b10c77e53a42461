/** What Butterfly's page takes for its two WebSockets: they open once it can be drawn, and never close. */

const sockets = {};

/** Resolve when this page has a size: hidden, Butterfly would count its columns as none and break. */
function drawn() {
  return new Promise((resolve) => {
    const watch = new ResizeObserver(() => {
      if (!document.body.clientWidth) return;
      watch.disconnect();
      resolve();
    });
    watch.observe(document.body);
  });
}

/** Give Butterfly text to show, or an order, as if it had come by its socket. */
export function deliver(kind, data) {
  sockets[kind].dispatchEvent(new MessageEvent("message", { data }));
}

/** Put ours in the place of the browser's; `send` has a function for each of Butterfly's two kinds. */
export function replaceSockets(send) {
  window.WebSocket = class extends EventTarget {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSING = 2;
    static CLOSED = 3;
    readyState = 0;

    constructor(url) {
      super();
      this.kind = url.includes("/ctl/session/") ? "ctl" : "shell";
      sockets[this.kind] = this;
      // Shell first: at the second opening Butterfly starts, and at a third it would interrupt.
      drawn().then(() => setTimeout(() => this.#open(), this.kind === "ctl" ? 1 : 0));
    }

    #open() {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    }

    send(text) {
      send[this.kind](text);
    }

    close() {
      document.body.classList.remove("stopped");
    }
  };
}
