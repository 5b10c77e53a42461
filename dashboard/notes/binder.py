"""Binding a workshop: its outline, the values of its variables, and its chapters rendered."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dashboard.notes import loaders, objects
from dashboard.notes.anchors import report_broken
from dashboard.notes.markup.chapter import Page, Source, render
from dashboard.notes.markup.containers import TooMuchError
from dashboard.notes.markup.links import LinkError, Links, Site, Urls
from dashboard.notes.operator_tabs import changed
from dashboard.notes.outline import Draft, Outline, humanise
from dashboard.notes.report import Report
from dashboard.notes.slides import ENDINGS, Deck
from dashboard.notes.tabs import bound, named, origin
from dashboard.notes.variables import Variables, resolve
from dashboard.notes.workshop import Chapter, Tab, Workshop, WorkshopError

#: What attendees read in the place of a chapter that cannot be shown.
UNSHOWN = "This chapter is too large to be shown. Please tell your instructor; the others are fine."


def bind(folder: Path, session: Mapping[str, str], urls: Urls, operator_tabs: str) -> Workshop:
    """Return the workshop in `folder`; WorkshopError with all mistakes when it has fatal ones."""
    outline = loaders.read(folder)
    report = outline.root.report
    listed = changed(outline.tabs, operator_tabs, report)
    outline = replace(outline, tabs=listed.tabs, console=outline.console and listed.console)
    variables = Variables(resolve(outline.variables, session))
    tabs = bound(
        outline.tabs, outline.terminals != 0, variables, _called(outline), outline.file, report
    )
    site = replace(_site(outline, variables, urls), tabs=named(tabs, outline.console))
    chapters = tuple(_chapter(draft, site, variables, report) for draft in outline.drafts)
    slides = _slides(tabs, site, variables, outline)
    report_broken(outline.drafts, chapters, report)
    brought = objects.read(outline.root, variables, report)
    if report.fatal:
        raise WorkshopError(report.in_order())
    return Workshop(
        title=variables.replace(outline.title),
        description=variables.replace(outline.description),
        chapters=chapters,
        terminals=_terminals_used(chapters) if outline.terminals is None else outline.terminals,
        tabs=tabs,
        console=outline.console,
        warnings=report.in_order(),
        image_hosts=site.image_hosts,
        frames=tuple({origin(tab.at): None for tab in tabs if tab.kind == "url"}),
        slides=slides,
        objects=brought,
        root=outline.root.path.resolve(),
        around=(outline.around or outline.root).path.resolve(),
    )


def _slides(
    tabs: Sequence[Tab], site: Site, variables: Variables, outline: Outline
) -> dict[str, str]:
    """Return the sections of each deck that is no PDF."""
    report, found = outline.root.report, dict[str, str]()
    folder = outline.around or outline.root
    site = replace(site, folder=folder)
    for tab in (tab for tab in tabs if tab.kind == "slides"):
        file = f"slides/{tab.at}"
        if "/" in tab.at or not tab.at.endswith(ENDINGS) or folder.file(file) is None:
            expected = f"a file of the folder slides/ that ends in {', '.join(ENDINGS)}"
            report.error(tab.file, tab.line, f"there are no slides “{tab.at}”; expected {expected}")
        elif not tab.at.endswith(".pdf"):
            deck = Deck(Links(site, "slides"), variables, report)
            found[tab.at] = deck.to_html(file, folder.read(file) or "")
    return found


def _called(outline: Outline) -> dict[str, str]:
    """Return what a chapter may be called in `tabs`: as in addresses, and as its file."""
    files = {draft.path.rsplit("/", 1)[-1]: draft.slug for draft in outline.drafts}
    return {**files, **{draft.slug: draft.slug for draft in outline.drafts}}


def _site(outline: Outline, variables: Variables, urls: Urls) -> Site:
    hosts = outline.image_hosts
    images_url = variables.replace(outline.images_url)
    if images_url.startswith("https://"):
        hosts = tuple(dict.fromkeys((*hosts, images_url.split("/")[2].lower())))
    pages = {**outline.names, **{draft.path: draft.slug for draft in outline.drafts}}
    base_url = variables.value("base_url")
    return Site(outline.root, urls, pages, hosts, images_url, base_url)


def _chapter(draft: Draft, site: Site, variables: Variables, report: Report) -> Chapter:
    links = Links(site, posixpath.dirname(draft.path))
    title = variables.replace(draft.title)
    page = _page(draft, links, variables, report, title)
    return Chapter(
        slug=draft.slug,
        title=page.title or humanise(draft.slug),
        html=page.html,
        exit_sign=variables.replace(draft.exit_sign),
        exit_link=_exit_link(draft, links, variables, report),
        minutes=draft.minutes,
        actions=page.actions,
    )


def _page(draft: Draft, links: Links, variables: Variables, report: Report, title: str) -> Page:
    source = Source(draft.file, UNSHOWN if draft.text is None else draft.text, draft.first_line)
    try:
        return render(source, links, variables, report, title)
    except TooMuchError as error:
        report.warn(draft.file, draft.first_line, f"too large to be shown: {error}")
        return render(replace(source, text=UNSHOWN), links, variables, report, title)


def _exit_link(draft: Draft, links: Links, variables: Variables, report: Report) -> str:
    try:
        target = links.link(variables.replace(draft.exit_link))
    except LinkError as error:
        report.doubt(draft.file, 1, f"exit link: {error}")
        return ""
    return target.url if target else ""


def _terminals_used(chapters: tuple[Chapter, ...]) -> int:
    """Return how many terminals the actions need at the start, from 1 to 3."""
    used = {action.terminal for chapter in chapters for action in chapter.actions}
    return 3 if "3" in used else 2 if "2" in used else 1
