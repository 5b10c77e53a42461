"""Puts the addresses of links and pictures, and the values of variables, into sanitised HTML."""

import html
import re

from dashboard.notes.markup.containers import TooMuchError
from dashboard.notes.markup.links import LinkError, Links, Target
from dashboard.notes.markup.sanitiser import clean_authors
from dashboard.notes.report import Report
from dashboard.notes.variables import Variables

#: Each is looked up on the disk, perhaps.
MOST_ADDRESSES = 5000
#: Stand before an address until its element gets the attributes that go with it.
NOTES = {"outside": "\ue005", "inside": "\ue006", "chapter": "\ue007", "kept": "\ue008"}
LINK = re.compile('href="([\ue005\ue006\ue007])([^"\ue009]*)(?:\ue009([^"]*))?"')
IMAGE = r'<img((?: [a-z]+="[^"]*")*)>'
KEPT = re.compile(rf'(<a(?: [a-z]+="[^"]*")*>)?{IMAGE}')
#: A block's mark that an unclosed quote has drawn into an attribute.
BLOCK = re.compile("\ue002[0-9]+\ue003")
#: Gets a mark after it that keeps the sanitiser from judging the address: only we can, who know
#: the variables in it, and tell the author. The finished page is sanitised once more.
ADDRESS = re.compile("(?:href|src)\\s{0,9}=\\s{0,9}[\"']?", re.IGNORECASE)
ATTRIBUTE = re.compile(' ([a-z]+)="([^"]*)"')
BOX = re.compile('<input( checked="")?')
OPENS = {
    "\ue005": ' target="_blank" rel="noopener noreferrer"',
    "\ue006": ' target="_blank" rel="noopener"',
}


class Rewriter:
    """Rewrites one chapter's HTML; what leads nowhere is reported with its line."""

    def __init__(
        self, links: Links, variables: Variables, report: Report, file: str, source: str
    ) -> None:
        self._links, self._variables, self._report = links, variables, report
        self._file, self._source = file, source
        self._addresses = 0

    def rewrite(self, text: str) -> str:
        """Return sanitised HTML with addresses and values; TooMuchError for too many."""
        text = clean_authors(ADDRESS.sub(lambda match: match[0] + "\ue00a", text), self._attribute)
        if self._addresses > MOST_ADDRESSES:
            raise TooMuchError(f"it has more than {MOST_ADDRESSES} links")
        text = KEPT.sub(self._kept, text.replace("\ue00a", ""))
        text = BOX.sub(_labelled, LINK.sub(_opened, text))
        # All tokens that are left stand in text: attributes have had theirs.
        return self._variables.show(text, html.escape)

    def _attribute(self, element: str, attribute: str, value: str) -> str | None:
        value = BLOCK.sub("", value)
        if attribute not in ("href", "src"):
            return self._variables.show(value)
        if element not in ("a", "img"):
            return None  # it goes out with its element
        self._addresses += 1
        if self._addresses > MOST_ADDRESSES:
            return None
        value = value.removeprefix("\ue00a")
        address = self._variables.show(value)
        try:
            target = self._links.link(address) if element == "a" else self._picture(address)
        except LinkError as error:
            self._report.doubt(self._file, self._line(value), str(error))
            return None
        if target is None:
            return None
        slug = f"\ue009{target.slug}" if target.slug else ""
        return NOTES.get(target.kind, "") + target.url + slug

    def _picture(self, address: str) -> Target:
        target = self._links.picture(address)
        if target.kind == "kept":
            message = f"the picture “{address}” is shown as a link: its host is not in `images`"
            self._report.warn(self._file, self._line(address), message)
        return target

    def _line(self, address: str) -> int:
        """Return the first line that holds the address, as the author wrote it."""
        written = self._variables.name(address)
        for part in (written, written.replace("\\", "/").rsplit("/", 1)[-1]):
            place = -1 if self._report.full or not part else self._source.find(part)
            if place >= 0:
                return self._source.count("\n", 0, place) + 1
        return 1

    def _kept(self, match: re.Match[str]) -> str:
        """Return a link for a picture that may not be loaded, its words for one that is missing."""
        attributes: dict[str, str] = dict(ATTRIBUTE.findall(match[2]))
        source = attributes.get("src", "")
        if source and not source.startswith(NOTES["kept"]):
            return match[0]
        text = attributes.get("alt") or source[1:]
        if not source:
            return (match[1] or "") + text
        if match[1]:
            return match[1] + text
        return f'<a href="{NOTES["outside"]}{source[1:]}">{text}</a>'


def _opened(match: re.Match[str]) -> str:
    note, url, slug = match.groups()
    if note == NOTES["chapter"]:
        return f'href="{url}" data-chapter="{slug}"'
    return f'href="{url}"{OPENS[note]}'


def _labelled(match: re.Match[str]) -> str:
    return f'{match[0]} aria-label="{"done" if match[1] else "to do"}"'
