/* Sends one command through a WebSocket of its own and reads until its end mark: 5 MB of base64.
   `dialect` is "terminado" (jupyter_server_terminals) or "workshop" (our numbered protocol). */
async ({ url, dialect, command }) => {
  const speak = {
    terminado: {
      protocols: [],
      hello: null,
      encode: (text) => JSON.stringify(["stdin", text]),
      decode: (data) => {
        const [kind, text] = JSON.parse(data);
        return kind === "stdout" ? text : "";
      },
    },
    workshop: {
      protocols: ["workshop.terminal.v1"],
      hello: JSON.stringify({
        cmd: "open", epoch: null, after: 0, client: "bench", view: "xterm", cols: 80, rows: 24,
      }),
      encode: (text) => JSON.stringify({ cmd: "input", n: 1, data: text }),
      decode: (data) => {
        if (typeof data === "string") return "";
        const offset = Number(new DataView(data).getBigUint64(0));
        socket.send(JSON.stringify({ cmd: "seen", offset }));
        return new TextDecoder().decode(new Uint8Array(data, 8));
      },
    },
  }[dialect];
  const socket = new WebSocket(url, speak.protocols);
  socket.binaryType = "arraybuffer";
  const parts = [];
  let tail = "", started;
  return await new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("refused"));
    socket.onclose = () => reject(new Error(`closed early: ${tail.slice(-200)}`));
    socket.onopen = () => speak.hello && socket.send(speak.hello);
    socket.onmessage = async ({ data }) => {
      const text = speak.decode(data);
      tail = (tail + text).slice(-200);
      if (started === undefined) {
        if (!/[$#] ?/.test(tail)) return;
        started = performance.now();
        socket.send(speak.encode(command));
        return;
      }
      parts.push(text);
      if (!/\*END\*/.test(tail)) return;
      const ms = performance.now() - started;
      socket.onclose = null;
      socket.close();
      const all = parts.join("");
      const body = all.slice(all.lastIndexOf("*BEGIN*") + 7, all.lastIndexOf("*END*")).replace(/\s/g, "");
      const hash = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(body));
      const hex = hash && [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, "0")).join("");
      resolve({ ms, length: body.length, sha256: hex, body: hex ? "" : body });
    };
  });
}
