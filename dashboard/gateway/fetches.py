"""What a browser says about a request: who began it, and what it is for."""

from dataclasses import dataclass

from tornado.httputil import HTTPHeaders

from dashboard.gateway.address import Address

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FRAMES = frozenset({"iframe", "frame", "embed", "object"})


@dataclass(frozen=True)
class Fetch:
    """Origin and Fetch Metadata of one request."""

    method: str
    origin: str
    site: str
    mode: str
    target: str
    upgrade: bool
    wants_page: bool

    @classmethod
    def of(cls, method: str, headers: HTTPHeaders) -> "Fetch":
        """Read from the headers; absent ones are empty."""
        scripted = bool(headers.get("X-Requested-With", ""))
        return cls(
            method=method,
            origin=headers.get("Origin", ""),
            site=headers.get("Sec-Fetch-Site", ""),
            mode=headers.get("Sec-Fetch-Mode", ""),
            target=headers.get("Sec-Fetch-Dest", ""),
            upgrade=headers.get("Upgrade", "").lower() == "websocket",
            wants_page="text/html" in headers.get("Accept", "") and not scripted,
        )

    @property
    def changes_state(self) -> bool:
        """Whether the request may change something."""
        return self.method not in SAFE_METHODS

    @property
    def is_navigation(self) -> bool:
        """Whether a person goes to a page of its own, so that a redirect to the login helps."""
        if self.upgrade or self.method not in {"GET", "HEAD"}:
            return False
        if self.mode:
            return self.mode == "navigate" and not self.is_framed
        return self.wants_page

    @property
    def shows_page(self) -> bool:
        """Whether the answer is looked at by a person: a page or a frame."""
        return not self.upgrade and (self.mode == "navigate" if self.mode else self.wants_page)

    @property
    def is_framed(self) -> bool:
        """Whether the answer is looked at in a frame, as far as the browser says so."""
        return self.mode == "navigate" and self.target in _FRAMES

    def is_foreign(self, address: Address) -> bool:
        """Whether another site had a hand in it and it is more than a plain visit."""
        if self.origin and not address.is_origin(self.origin):
            if self.origin == "null" and self.site == "same-origin":
                return self.upgrade
            return self.upgrade or self.changes_state or not self.is_navigation
        if self.site in {"", "same-origin", "none"}:
            return False
        return self.upgrade or self.changes_state or not self.is_navigation

    def proves_origin(self, address: Address) -> bool:
        """Whether the browser itself says that our own page sent it; asked where cookies count."""
        if self.upgrade:
            return address.is_origin(self.origin)
        return address.is_origin(self.origin) or self.site == "same-origin"
