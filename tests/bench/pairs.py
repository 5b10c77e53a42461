"""Each figure that has a peer: readings taken in turn, ours and theirs, A B A B."""

import base64
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.bench import stock
from tests.bench.lab import Lab
from tests.bench.ours import log_into_ours, sit_at_ours
from tests.bench.seat import Seat, log_into_lab, sit_at_lab
from tests.processes import children, pss_mb
from tests.product import Product
from tests.session import session_of

Reading = tuple[float, float]
WIDE = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Rig:
    """Everything that the pairs are measured on."""

    browser: Browser
    product: Product
    lab: Lab
    peers: Path
    pairs: int

    def names(self, what: str) -> Iterator[str]:
        """Fresh user names, one a pair."""
        return (f"{what}{number}" for number in range(self.pairs))

    @contextmanager
    def ours(self, name: str) -> Iterator[Seat]:
        """A seat of ours; the same name is the same browser, whose cookies are kept."""
        cookies = self.product.state.parent / f"browser of {name}"
        if cookies.exists():
            context = self.browser.new_context(storage_state=cookies, viewport=WIDE)
            page = context.new_page()
            page.goto(self.product.home(name))
        else:
            page = log_into_ours(self.browser, self.product, name)
            page.keyboard.press("Enter")
        try:
            yield sit_at_ours(page, self.product, name)
        finally:
            page.context.storage_state(path=cookies)
            page.context.close()

    @contextmanager
    def theirs(self, name: str) -> Iterator[Seat]:
        """A seat at JupyterLab, its browser context closed afterwards."""
        page = log_into_lab(self.browser, self.lab.url, name)
        page.keyboard.press("Enter")
        try:
            yield sit_at_lab(page)
        finally:
            page.context.close()


def _timed(submit: Callable[[], None], seated: Callable[[], Seat]) -> float:
    start = time.perf_counter()
    submit()
    seated()
    return time.perf_counter() - start


def start(rig: Rig) -> list[Reading]:
    """Seconds from a submitted login to notes and a prompt, for people never seen before."""
    readings = []
    for name in rig.names("start"):
        page = log_into_ours(rig.browser, rig.product, name)
        ours = _timed(
            lambda page=page: page.keyboard.press("Enter"),
            lambda page=page, name=name: sit_at_ours(page, rig.product, name),
        )
        page.context.storage_state(path=rig.product.state.parent / f"browser of {name}")
        page.context.close()
        page = log_into_lab(rig.browser, rig.lab.url, name)
        theirs = _timed(
            lambda page=page: page.keyboard.press("Enter"), lambda page=page: sit_at_lab(page)
        )
        page.context.close()
        readings.append((ours, theirs))
    return readings


def seat_memory(rig: Rig) -> list[Reading]:
    """MB of PSS of an idle session with one terminal, and of its peer."""
    readings = []
    for name in rig.names("start"):
        with rig.ours(name) as _, rig.theirs(name) as _:
            ours = pss_mb(session_of(rig.product, name).everything)
            readings.append((ours, pss_mb(children(rig.lab.server_of(name)))))
    return readings


def _sequence(seat: Seat) -> float:
    seat.focus()
    seat.page.keyboard.type("seq 1 200000")
    seat.frame.evaluate("() => { window.done = window.probe.untilLast('200000'); }")
    seat.page.keyboard.press("Enter")
    return float(seat.frame.evaluate("() => window.done")) / 1000


def seq_vs_jupyterlab(rig: Rig) -> list[Reading]:
    """Seconds until the last line of `seq 1 200000` has been on screen for a frame."""
    readings = []
    with rig.ours("start0") as ours, rig.theirs("start0") as theirs:
        _sequence(ours), _sequence(theirs)
        for _ in range(rig.pairs):
            ours.page.bring_to_front()
            mine = _sequence(ours)
            theirs.page.bring_to_front()
            readings.append((mine, _sequence(theirs)))
    return readings


def seq_vs_butterfly(rig: Rig) -> list[Reading]:
    """The same beside stock Butterfly's page, given up at 60 times ours."""
    readings = []
    with rig.ours("start0") as ours, stock.running_butterfly(rig.peers) as url:
        for _ in range(rig.pairs):
            ours.page.bring_to_front()
            mine = _sequence(ours)
            readings.append((mine, stock.sequence(rig.browser, url, limit=60 * mine)))
    return readings


def _keys(seat: Seat, count: int) -> list[float]:
    seat.page.bring_to_front()
    seat.focus()
    seat.probe()
    seat.frame.evaluate(f"() => {{ window.done = window.probe.keys({count}); }}")
    for number in range(count):
        seat.page.keyboard.press("x")
        seat.frame.wait_for_function(f"() => window.probe.echoed > {number}", polling="raf")
    times = seat.frame.evaluate("() => window.done")
    seat.page.keyboard.press("Control+c")
    seat.frame.wait_for_function("() => window.probe.prompted()")
    return sorted(times)


def keys(rig: Rig) -> tuple[list[Reading], list[Reading]]:
    """Milliseconds from a key event to the frame with its echo: p50 and p95, a round a pair."""
    p50, p95 = [], []
    with rig.ours("start0") as ours, rig.theirs("start0") as theirs:
        for _ in range(rig.pairs):
            mine, other = _keys(ours, 40), _keys(theirs, 40)
            p50.append((mine[19], other[19]))
            p95.append((mine[37], other[37]))
    return p50, p95


def relay_5mb(rig: Rig) -> list[Reading]:
    """Seconds for 5 MB of base64 to come complete through a terminal's WebSocket."""
    blob = rig.product.state / "blob"
    blob.write_bytes(os.urandom(3_750_000))
    text = base64.b64encode(blob.read_bytes())
    command = f" stty -echo; printf '*BEG''IN*\\n'; base64 {blob}; printf '*EN''D*\\n'; exit\r"
    script = Path(__file__).with_name("stream.js").read_text()
    readings = []

    def read(page: Page, url: str, dialect: str) -> float:
        page.bring_to_front()
        result = page.evaluate(script, {"url": url, "dialect": dialect, "command": command})
        body = result["sha256"] or hashlib.sha256(result["body"].encode()).hexdigest()
        assert body == hashlib.sha256(text).hexdigest(), (dialect, result["length"])
        return float(result["ms"]) / 1000

    with rig.ours("start0") as ours, rig.theirs("start0") as theirs:
        for number in range(rig.pairs):
            base = rig.product.home("start0").replace("http", "ws", 1)
            mine = read(ours.page, f"{base}terminal/ws/session/bench{number}", "workshop")
            name = theirs.page.evaluate(NEW_TERMINAL)
            base = rig.lab.url.replace("http", "ws", 1) + "/user/start0"
            readings.append(
                (mine, read(theirs.page, f"{base}/terminals/websocket/{name}", "terminado"))
            )
    return readings


NEW_TERMINAL = """
async () => {
  const xsrf = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const answer = await fetch("/user/start0/api/terminals", {
    method: "POST", headers: { "X-XSRFToken": xsrf },
  });
  return (await answer.json()).name;
}
"""


def first_load(rig: Rig) -> tuple[list[Reading], list[Reading]]:
    """Bytes over the wire and requests of a first visit with an empty cache, after login."""
    size, count = [], []
    for name in rig.names("start"):
        with rig.ours(name) as seat:
            mine = visit(
                rig.browser, seat.page, lambda page, name=name: sit_at_ours(page, rig.product, name)
            )
        with rig.theirs(name) as seat:
            other = visit(rig.browser, seat.page, sit_at_lab)
        size.append((mine[0], other[0]))
        count.append((mine[1], other[1]))
    return size, count


def visit(browser: Browser, known: Page, seated: Callable[[Page], Seat]) -> Reading:
    """Bytes and requests of a first visit with an empty cache, by somebody who has logged in."""
    context = browser.new_context(storage_state=known.context.storage_state(), viewport=WIDE)
    page = context.new_page()
    finished = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(known.url)
    seated(page)
    page.wait_for_load_state("networkidle")
    wire = 0
    for request in finished:
        sizes = request.sizes()
        wire += sizes["responseBodySize"] + sizes["responseHeadersSize"]
    context.close()
    return float(wire), float(len(finished))
