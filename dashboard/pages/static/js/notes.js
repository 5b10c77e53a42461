/* Turning pages: a chapter is fetched and put in place; scroll, address and progress follow. */

import { check, say } from "./banner.js";
import { base, keep, place } from "./place.js";

const notes = document.querySelector("#notes");
const root = document.documentElement;
const workshop = document.title.split(" – ").at(-1);
const turned = [];
let latest = 0;

/** The chapter on screen; its slug is empty on the finish. */
export const chapter = () => notes.querySelector(".chapter");

/** Calls `act` with the chapter's element now and after each turn of the page. */
export function onChapter(act) {
  turned.push(act);
  act(chapter());
}

/** The address of a page's notes alone, or nothing for addresses that are no page of notes. */
function fragment({ origin, pathname }) {
  if (origin !== location.origin || !pathname.startsWith(base)) return "";
  const path = pathname.slice(base.length);
  if (path === "finish") return `${base}finish/notes`;
  if (path === "") return `${base}notes/${root.dataset.chapters.split(" ")[0]}`;
  return path.startsWith("chapters/") ? `${base}notes/${path.slice("chapters/".length)}` : "";
}

/** Goes to a page of notes without leaving the dashboard; `fresh` fetches the one on screen again. */
export async function turn(href, { push = true, focus = true, fresh = false } = {}) {
  const url = new URL(href, location.href);
  const mine = (latest += 1);
  notes.ariaBusy = "true";
  const html = await fetched(fragment(url));
  if (mine !== latest) return; // the reader has gone elsewhere meanwhile
  notes.ariaBusy = "false";
  if (!html) return;
  if (root.dataset.only) url.search = "?notes";
  if (push) history.pushState(null, "", url);
  notes.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  arrive({ hash: url.hash, scroll: push && !fresh ? 0 : undefined });
  if (focus) notes.querySelector("h1").focus({ preventScroll: true });
}

async function fetched(address) {
  let status = 0;
  try {
    const answer = await fetch(address, { redirect: "manual", headers: { Accept: "text/html" } });
    if (answer.ok) return await answer.text();
    ({ status } = answer);
  } catch {
    status = 0; // check() tells the reader why
  }
  if ((await check()) === "ok" || status >= 500) say("turn");
  return "";
}

function arrive({ hash = location.hash, scroll } = {}) {
  const { slug, number, total, title } = chapter().dataset;
  const left = place.chapter;
  // Read is what the reader has left for another page, by whatever way.
  if (left && left !== slug) keep({ read: { ...place.read, [left]: 1 } });
  if (slug) keep({ chapter: slug });
  document.title = `${title} – ${workshop}`;
  document.querySelector("#progress").value = slug ? number - 1 : total; // full when all is behind the reader
  document.querySelector("#progress-words").textContent = `${number} of ${total}`;
  for (const link of document.querySelectorAll("#chapters a[data-slug]")) {
    if (link.dataset.slug === slug) link.ariaCurrent = "page";
    else link.removeAttribute("aria-current");
    link.autofocus = link.dataset.slug === slug;
    link.dataset.read = place.read[link.dataset.slug] ? "yes" : "";
  }
  const target = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (target && notes.contains(target)) target.scrollIntoView();
  else notes.scrollTop = scroll ?? place.scroll[slug] ?? 0;
  delete root.dataset.restoring;
  for (const act of turned) act(chapter());
}

/** The way to the next or the previous page, as the pager has it. */
export function step(rel) {
  const link = notes.querySelector(`.pager [rel=${rel}]`);
  if (link) turn(link.href);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || !link.closest("#notes, #chapters") || !fragment(new URL(link.href))) return;
  const here = link.pathname === location.pathname && link.hash;
  if (here) return; // a heading of this chapter: the browser goes there by itself
  event.preventDefault();
  document.querySelector("#chapters").hidePopover();
  turn(link.href);
});
addEventListener("popstate", () => {
  if (chapter().dataset.path !== location.pathname) turn(location.href, { push: false });
});
let settle = 0;
notes.addEventListener("scroll", () => {
  clearTimeout(settle);
  const { slug } = chapter().dataset;
  settle = setTimeout(() => {
    if (slug !== chapter().dataset.slug) return;
    keep({ scroll: { ...place.scroll, [slug]: Math.round(notes.scrollTop) } });
  }, 100);
});
/** What is too wide for the page is scrolled by keys as well. */
function reach() {
  for (const wide of notes.querySelectorAll("pre, table")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    else wide.removeAttribute("tabindex");
  }
}

history.scrollRestoration = "manual";
new ResizeObserver(reach).observe(notes);
onChapter((element) => (element.dataset.path = location.pathname));
onChapter(reach);
arrive();
