/* Copying, with or without a secure context, and editing a text before it is copied or run. */

const dialog = document.querySelector("#edit");
const area = dialog.querySelector("textarea");

/** Puts a text into the clipboard; resolves to whether that worked. */
export async function copy(text) {
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

/** Lets the reader change a text; then `run(text)` or `copied(promise)` is called, or nothing. */
export function edit(text, run, copied) {
  area.value = text;
  area.rows = Math.min(16, Math.max(4, text.split("\n").length + 1));
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "run") run(area.value);
    else if (dialog.returnValue === "copy") copied(copy(area.value));
  };
  dialog.showModal();
  const end = text.length;
  area.focus();
  area.setSelectionRange(end, end);
}
