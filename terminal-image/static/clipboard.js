/** Copy and paste, as Butterfly's own extension does them, with hidden controls left out. */

/** Call `type` with what is pasted; copied text loses Butterfly's layout characters. */
export function watchClipboard(type) {
  addEventListener("copy", (event) => {
    document.body.contentEditable = "false";
    const lines = getSelection().toString().replace(/[\u00A0\u2007]/g, " ").split("\n");
    const text = lines
      .map((line) => (line.endsWith("⏎") ? line.slice(0, -1) : `${line.trimEnd()}\n`))
      .join("");
    event.clipboardData.setData("text/plain", text.replace(/\n$/, ""));
    event.preventDefault();
  });
  addEventListener("paste", (event) => {
    document.body.contentEditable = "false";
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n/g, "\r");
    // A page one copies from may hide an escape or an interrupt in its text.
    type(text.replace(/[\x00-\x08\x0a-\x0c\x0e-\x1f\x7f-\x9f]/g, ""));
    event.preventDefault();
  });
}
