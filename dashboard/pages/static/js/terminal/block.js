/* One block of the notes on its way through a shell: plain values, so that they can be kept. */

/** A block as it is typed: lines end with Return, the last one too. */
export function keys(text) {
  return text.replace(/\r\n?|\n/g, "\r").replace(/\r*$/, "\r");
}

/** A block that is sent now; `last` is what the shell has said last. Commands after number `since` may be
    its own, `at` is the latest that is; it is `free` when typed at a prompt, where it must begin. */
export function made(id, text, last) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line && line[0] !== "#");
  const since = last?.n ?? 0;
  return { id, lines, since, at: since, free: last?.state === "prompt" && lines.length > 0, begun: 0, seconds: 0 };
}

/** Whether a command that begins now is still the block's own, and not of the next one that was typed. */
export function belongs(line, block, next) {
  if (block.begun === 0) return true;
  if (block.begun >= block.lines.length) return false;
  const first = line?.trim();
  return !first || next.lines[0] !== first || block.lines.slice(block.begun).includes(first);
}
