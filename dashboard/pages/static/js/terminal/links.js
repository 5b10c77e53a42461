/* Links in the output: web pages open in a window of their own, other kinds ask, unsafe ones never open. */

const WEB = ["http:", "https:"];
const NEVER = ["javascript:", "data:", "vbscript:", "file:", "blob:", "about:", "filesystem:", "view-source:"];

/** "open", "ask" or "refuse" for an address that a program printed. */
export function judge(uri) {
  let scheme;
  try {
    scheme = new URL(uri).protocol;
  } catch {
    return "refuse";
  }
  if (WEB.includes(scheme)) return "open";
  return NEVER.includes(scheme) ? "refuse" : "ask";
}

/** Finds addresses in the output, and opens those that may be. */
export async function create({ given, find, notice, screen }) {
  const dialog = find(".asking");

  function follow(uri) {
    window.open(uri, "_blank", "noopener,noreferrer");
  }

  function open(uri) {
    const verdict = judge(uri);
    if (verdict === "open") follow(uri);
    else if (verdict === "refuse") notice.pass("This link was not opened: its kind is not safe here.");
    else ask(uri);
  }

  function ask(uri) {
    find(".asking-address").textContent = uri;
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue === "open") follow(uri);
      screen.term.focus();
    };
    dialog.showModal();
  }

  const { WebLinksAddon } = await import(given.links);
  screen.term.loadAddon(new WebLinksAddon((_, uri) => open(uri)));
  return { open };
}
