/* What a link of the notes does with a tab: opens it, perhaps at a page, loads it again, or closes it. */

import { reload as again } from "./frames.js";
import { base, isShown, tabs } from "./place.js";
import { close, open, reveal } from "./work.js";

/** Does what the link says; one to a tab that is not there does nothing. */
export async function follow(link) {
  const [name, ...page] = link.pathname.slice(`${base}tabs/`.length).split("/");
  const act = page.length ? "" : new URLSearchParams(link.search).get("do");
  const tab = tabs.find(({ id }) => id === decodeURIComponent(name));
  if (!tab || (act === "close" && !isShown(tab))) return;
  if (act === "close") return void close(tab);
  if (tab.pane) await turn(tab, act, page.length && page.join("/") + link.search + link.hash);
  else if (act === "reload") tab.frames.forEach(again);
  open(tab);
  reveal("work");
}

/** Before the tab is opened, so that it opens at the page. */
async function turn(tab, act, page) {
  const panes = await import("./panes.js");
  if (act === "reload") panes.reload(tab);
  else if (page) panes.visit(tab, page);
}
