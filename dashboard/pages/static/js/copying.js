/* Copying, with or without a secure context, and editing a text before it is copied or run. */

const dialog = document.querySelector("#edit");
const area = dialog.querySelector("textarea");

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOld(text); // no secure context, or not allowed: the old way may still work
  }
}

function copyOld(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  // Inside an open dialog everything else is inert and cannot be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}

function edit(block, text, run) {
  area.value = text;
  area.rows = Math.min(16, Math.max(4, text.split("\n").length + 1));
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "run") run(area.value);
    else if (dialog.returnValue === "copy") copied(block, area.value);
  };
  dialog.showModal();
  const end = text.length;
  area.focus();
  area.setSelectionRange(end, end);
}

/** Copies, and says at the block for a moment whether that worked. */
async function copied(block, text) {
  const ok = await copy(text);
  const state = block.querySelector(".action-state");
  const [before, tone] = [state.textContent, block.dataset.tone ?? ""];
  const said = ok ? "✓ copied" : "✗ not copied: select the text and copy it by hand";
  state.textContent = said;
  block.dataset.tone = ok ? "good" : "bad";
  setTimeout(() => {
    if (state.textContent !== said) return;
    state.textContent = before;
    block.dataset.tone = tone;
  }, 2_500);
}

/** Copies a block's text, or lets the reader change it first; then it is copied, or given to `run`. */
export function handle(block, text, run) {
  if (block.dataset.action === "copy-and-edit") edit(block, text, run);
  else copied(block, text);
}
