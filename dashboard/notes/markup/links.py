"""Where links and pictures of a chapter lead, as addresses of the dashboard."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from dashboard.notes.folder import Folder
from dashboard.notes.markup.sanitiser import anchor

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")
PAGES = (".md", ".adoc", ".html")
#: What a link can do with a tab of the work area: `open:shop/cart`, `reload:shop`, `close:shop`.
TAB = re.compile(r"(open|reload|close):([^/?]*)/?(.*)$", re.IGNORECASE)
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
#: Browsers drop these from an address before they look at its scheme, and those around it.
DROPPED = re.compile("[\t\n\r]")
AROUND = "".join(map(chr, range(0x21)))


@dataclass(frozen=True)
class Urls:
    """Where the dashboard serves pictures and chapters, and where links to tabs lead."""

    assets: str
    chapters: str
    tabs: str = "tabs/"


@dataclass(frozen=True)
class Target:
    """An address, and how it is shown.

    Links are of the `page`, a `chapter`, a `tab`, `outside`, or `inside` our origin. A `picture` is
    shown; a `kept` one lies where the workshop may not load from, and becomes a link.
    """

    url: str
    kind: str
    slug: str = ""


class LinkError(Exception):
    """A link or picture leads nowhere; says why."""


@dataclass(frozen=True)
class Site:
    """What links of a workshop can lead to; `pages` maps a file without its ending to a slug.

    `tabs` maps what a tab may be called, in small letters, to its id.
    """

    folder: Folder
    urls: Urls
    pages: Mapping[str, str]
    image_hosts: tuple[str, ...] = ()
    images_url: str = ""
    base_url: str = ""
    tabs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Links:
    """Finds targets as seen from one page, which lies in `here`."""

    site: Site
    here: str

    def link(self, href: str) -> Target | None:
        """Return where a link leads, None for nowhere in particular; LinkError when it cannot."""
        url = _tidy(href)
        if not url or url.startswith("#/"):  # a page of slides that are not there
            return None
        if url.startswith("#"):
            return Target("#" + anchor(unquote(url[1:])), "page")
        if tab := TAB.match(url):
            return self._tab(tab[1].lower(), unquote(tab[2]), tab[3])
        if outside := _outside(url, ("http", "https", "mailto")):
            return self._homeroom(url) or outside
        if page := self._homeroom(url) or self._built_in(url):
            return page
        if url.startswith("/"):
            return Target(url, "inside")
        path, fragment = self._path(url)
        if page := self._page(path, fragment):
            return page
        if self.site.folder.file(path) is None:
            raise LinkError(f"there is no chapter or picture “{href}”")
        if not path.lower().endswith(PICTURES):
            raise LinkError(f"“{href}” is neither a chapter nor a picture; others are not served")
        return Target(self.site.urls.assets + quote(path), "inside")

    def picture(self, src: str) -> Target:
        """Return where a picture lies; LinkError when the workshop has no such picture."""
        url = _tidy(src)
        if outside := _outside(url, ("http", "https")):
            parts = urlsplit(outside.url)
            allowed = parts.scheme == "https" and parts.netloc.lower() in self.site.image_hosts
            return Target(outside.url, "picture" if allowed else "kept")
        if url.startswith("/workshop/"):
            path = posixpath.normpath(unquote(urlsplit(url).path).removeprefix("/workshop/"))
        elif url.startswith("/"):
            raise LinkError(f"the picture “{src}” needs a path that begins beside the chapter")
        else:
            path, _ = self._path(url)
        if self.site.images_url:
            return Target(f"{self.site.images_url.rstrip('/')}/{quote(path)}", "picture")
        if not path.lower().endswith(PICTURES):
            raise LinkError(f"“{src}” is no picture; known are {', '.join(PICTURES)}")
        if self.site.folder.file(path) is None:
            raise LinkError(f"there is no picture “{src}” in the workshop's folder")
        return Target(self.site.urls.assets + quote(path), "picture")

    def _tab(self, do: str, name: str, page: str) -> Target:
        found = self.site.tabs.get(name.lower())
        if found is None:
            known = ", ".join(dict.fromkeys(self.site.tabs.values()))
            raise LinkError(f"there is no tab “{name}”; known are: {known}")
        rest = (f"/{page}" if page else "") if do == "open" else f"?do={do}"
        return Target(self.site.urls.tabs + quote(found) + rest, "tab")

    def _built_in(self, url: str) -> Target | None:
        """Return the tab that an address such as %terminal_url% stands for."""
        base = self.site.base_url.rstrip("/")
        path, _, slide = url.removeprefix(f"{base}/").partition("#/")
        if slide and path.rstrip("/") == "slides":  # reveal.js counts from 0
            url = f"{base}/slides/{int(slide) + 1 if slide.isdecimal() else anchor(slide)}"
        name, _, page = url.removeprefix(f"{base}/").partition("/")
        known = url.startswith(f"{base}/") and name in ("terminal", "console", "slides")
        return self._tab("open", name, page) if known and name in self.site.tabs else None

    def _path(self, url: str) -> tuple[str, str]:
        """Return a relative address's path from the folder's root, and its fragment."""
        parts = urlsplit(url)
        path = posixpath.normpath(posixpath.join(self.here, unquote(parts.path)))
        if path.startswith(("../", "/")) or path == ".." or "\0" in path or "\\" in path:
            raise LinkError(f"“{url}” leads out of the workshop's folder")
        return path, parts.fragment

    def _page(self, path: str, fragment: str) -> Target | None:
        for ending in PAGES:
            path = path.removesuffix(ending)
        slug = self.site.pages.get(path)
        if slug is None:
            return None
        inside = "#" + anchor(unquote(fragment)) if fragment else ""
        return Target(self.site.urls.chapters + quote(slug) + inside, "chapter", slug)

    def _homeroom(self, url: str) -> Target | None:
        """Return the chapter that an address of Homeroom's own, /workshop/NAME, stands for."""
        base = self.site.base_url.rstrip("/")
        path = url[len(base) :] if base and url.startswith(base + "/") else url
        path = re.sub("^/+", "/", path)
        if not path.startswith("/workshop/"):
            return None
        parts = urlsplit(path.removeprefix("/workshop/"))
        return self._page(posixpath.normpath(unquote(parts.path)), parts.fragment)


def _tidy(url: str) -> str:
    """Return the address as a browser reads it: no spaces around, back-slashes as slashes."""
    url = DROPPED.sub("", url.strip(AROUND))
    head, mark, tail = url.partition("?")
    return head.replace("\\", "/") + mark + tail


def _outside(url: str, schemes: tuple[str, ...]) -> Target | None:
    """Return the target of an address with a scheme or host of its own."""
    if url.startswith("//"):
        url = "https:" + url
    match = SCHEME.match(url)
    if match is None:
        return None
    scheme = match[1].lower()
    if scheme not in schemes:
        raise LinkError(f"“{match[1]}:” cannot be opened from notes; use {', '.join(schemes)}")
    try:
        parts = urlsplit(url)
        valid = bool(scheme == "mailto" or parts.hostname) and (parts.port or True)
    except ValueError:
        valid = False
    if not valid:
        raise LinkError(f"“{url}” is no complete address")
    return Target(url, "page" if scheme == "mailto" else "outside")
