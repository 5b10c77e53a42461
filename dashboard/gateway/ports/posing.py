"""How a program on a port is spoken to: as by a browser on its own machine."""

from dataclasses import dataclass

from tornado.httputil import HTTPHeaders

from dashboard.gateway.address import Address


@dataclass(frozen=True)
class Local:
    """A program's address as it sees it itself, and as the browser has it."""

    port: int
    tls: bool
    public: Address
    prefix: str

    @property
    def host(self) -> str:
        """What the program expects to be called."""
        return f"localhost:{self.port}"

    @property
    def origin(self) -> str:
        """The program's origin on its own machine."""
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def pose(self, headers: HTTPHeaders, *, upgrade: bool) -> None:
        """Make the headers those of a request on the machine itself.

        The door has compared the Origin. Most servers compare it with their own address, which
        they know as localhost only; without one they take a request for their own page's.
        """
        headers["Host"] = self.host
        headers.pop("Origin", None)
        if upgrade:
            headers["Origin"] = self.origin
        headers["X-Forwarded-Host"] = self.public.host
        headers["X-Forwarded-Proto"] = "https" if self.public.secure else "http"
        if self.prefix != "/":
            headers["X-Forwarded-Prefix"] = self.prefix.rstrip("/")

    def public_location(self, location: str) -> str:
        """A redirect as the browser must follow it: what leads to the program stays with it."""
        for known in (self.origin, f"//{self.host}", self.public.origin):
            if location == known or location.startswith(f"{known}/"):
                location = location.removeprefix(known) or "/"
        own = location.startswith("/") and not location.startswith(("//", self.prefix))
        return self.prefix + location.removeprefix("/") if own else location


def framed_by(headers: list[tuple[str, str]], ancestors: str) -> list[tuple[str, str]]:
    """An answer's headers with what they say about frames replaced by our own word."""
    kept = []
    for name, value in headers:
        if name.lower() == "x-frame-options":
            continue
        if name.lower() == "content-security-policy":
            value = ", ".join(filter(None, map(_without_ancestors, value.split(","))))
            if not value:
                continue
        kept.append((name, value))
    return [*kept, ("Content-Security-Policy", f"frame-ancestors {ancestors}")]


def _without_ancestors(policy: str) -> str:
    directives = [one.strip() for one in policy.split(";")]
    return "; ".join(
        one for one in directives if one and one.split()[0].lower() != "frame-ancestors"
    )
