/* The text of the screen and all that scrolled off it, as a file. */

/** The lines of the terminal; a line that was wrapped is one line again. */
export function lines(buffer) {
  const found = [];
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    const next = buffer.getLine(row + 1);
    const text = line.translateToString(!next?.isWrapped);
    if (line.isWrapped && found.length) found[found.length - 1] += text;
    else found.push(text);
  }
  while (found.length && !found[found.length - 1].trim()) found.pop();
  return found;
}

/** Offers the text as a download named after the terminal and the time. */
export function create({ given, screen }) {
  function save() {
    const text = `${lines(screen.term.buffer.normal).join("\n")}\n`;
    const link = document.createElement("a");
    const time = new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = `terminal-${given.name}-${time}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  return { save };
}
