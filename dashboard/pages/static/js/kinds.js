/* What each kind of tab may do in its frame, and where a page of it is. */

// A page runs as itself, may open windows, and cannot take ours away.
const PAGE = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
const SANDBOX = { url: PAGE, slides: PAGE, console: `${PAGE} allow-downloads`, port: `${PAGE} allow-modals allow-downloads` };
const isNumber = (page) => /^\d+$/.test(page);

export const isPaper = ({ at }) => at?.endsWith(".pdf");

/** What a tab's frame may do; null for a PDF: the browser's own viewer runs in no sandbox, and is never taken for a page. */
export const sandbox = (tab) => (isPaper(tab) ? null : SANDBOX[tab.kind]);

/** How a slide is called: by its number from 1 in a PDF, and from 0 in reveal.js. */
const slide = (tab, page) =>
  isPaper(tab) ? `#${isNumber(page) ? "page" : "nameddest"}=${page}` : `#/${isNumber(page) ? page - 1 : page}`;

/** The address of a page of the tab; null for one that would lead away from it. */
export function addressOf(tab, page) {
  const root = new URL(tab.root ?? "", location.href);
  const there = new URL(tab.kind === "slides" ? slide(tab, page) : page, root);
  const within = tab.kind === "url" || there.pathname.startsWith(root.pathname);
  return there.origin === root.origin && within ? there.href : null;
}
