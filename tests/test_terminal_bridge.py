"""Butterfly's own page in a real browser, over one protocol v1 connection."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, Request, async_playwright, expect

from tests.browser import options
from tests.terminal_fixtures import Server, nonce, serving
from tests.waiting import eventually

pytestmark = pytest.mark.slow
PREFIX = "/user/ada/terminal"


@dataclass
class Relay:
    """A TCP port in front of the server's socket, below a prefix, that can be cut."""

    path: str
    port: int = 0
    down: bool = False
    links: set[asyncio.StreamWriter] = field(default_factory=set)
    #: The loop itself would let a connection's task be collected while it waits.
    tasks: set[asyncio.Task[Any] | None] = field(default_factory=set)

    async def start(self) -> asyncio.Server:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def url(self, name: str) -> str:
        """The page of the terminal of that name."""
        return f"http://127.0.0.1:{self.port}{PREFIX}/session/{name}?user=root"

    def cut(self) -> None:
        """Drop every connection, as a lost network does."""
        for link in list(self.links):
            link.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if self.down or not head.startswith(b"GET " + PREFIX.encode() + b"/"):
                writer.write(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return writer.close()
            head = head.replace(PREFIX.encode(), b"", 1)
            head = head.replace(b"Connection: keep-alive", b"Connection: close")
            far_reader, far_writer = await asyncio.open_unix_connection(self.path)
            far_writer.write(head)
            self.links |= {writer, far_writer}
            await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
            self.links -= {writer, far_writer}
        return None


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass
class Browser:
    """A page, the relay it goes through, and what it asked for and complained about."""

    page: Page
    relay: Relay
    server: Server
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def open(self, name: str) -> None:
        """Load the page and wait for a prompt."""
        await self.page.goto(self.relay.url(name))
        await self.shows("~ #", "~ $")

    async def shows(self, *texts: str) -> None:
        """Wait until the terminal shows one of the texts."""
        await self.page.wait_for_function(
            """texts => { const shown = document.getElementById("term").innerText
                 .replace(/\\u00a0/g, " "); return texts.some(text => shown.includes(text)); }""",
            arg=list(texts),
            timeout=10_000,
        )

    async def type(self, line: str) -> None:
        """Type a line with real key events."""
        await self.page.keyboard.type(line)
        await self.page.keyboard.press("Enter")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium in front of a fresh server."""
    async with serving() as server:
        relay = Relay(server.socket)
        async with await relay.start(), async_playwright() as playwright:
            chromium = await playwright.chromium.launch(**options())
            page = await chromium.new_page()
            found = Browser(page, relay, server)

            def note(request: Request) -> None:
                found.requests.append(request.url)

            page.on("request", note)
            page.on("pageerror", lambda error: found.errors.append(str(error)))
            page.on("dialog", lambda dialog: found.errors.append(dialog.message))
            yield found
            await chromium.close()
            relay.cut()


async def test_typing_runs_a_command(browser: Browser) -> None:
    """The page loads below a prefix, its query is ignored, and what is typed runs (row 95)."""
    await browser.open("one")
    word = nonce()
    await browser.type(f"echo {word} | tr a-z A-Z; echo $USER")
    await browser.shows(word.upper())
    assert browser.errors == []


HOSTILE = {
    "horizontal wrap (row 88)": "\x1b[?77h" + "x" * 300 + "<img src=/hit onerror=window.hit=1>\r\n",
    "wrap hidden in an unknown escape": "\x1bn[?77h" + "x" * 300 + "<img src=/hit>\r\n",
    "wrap behind an aborted sequence": "\x1b[\x1b[?77;1h" + "x" * 300 + "<img src=/hit>\r\n",
    "8-bit": "\x9b?77h" + "x" * 300 + "<img src=/hit>\x90;PROMPT|touch pwned\r\x9c\r\n",
    "prompt (row 89)": "\x1bP;PROMPT|touch pwned\r\x1b\\",
    "prompt ended by itself": "\x1bP;PROMPT|touch pwned\r\x1bP",
    "termcap query": "\x1bP+qtouch pwned\r\x1b\\",
    "status string": '\x1bP$q"p\x1b\\\x1bP$qm\x1b\\',
    "device queries": "\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1bZ\x05\x1b[21t\x1b[20t\x1b[18t",
    "html (row 90)": '\x1bP;HTML|<form action="/hit"><input autofocus></form>\x1b\\',
    "image": "\x1bP;IMAGE|image/png;aGl0\x1b\\\x1bP;HTML|<img src=/hit>\x1b\\",
    "text into text": "\x1bP;TEXT|\x1b[6n\x1bP;PROMPT|touch pwned\r\x1b\\",
    "clipboard, link, place (row 91)": "\x1b]52;c;aGk=\x07\x1b]8;;javascript:hit\x07x\x1b[?99n",
    "focus and mouse": "\x1b[?1004h\x1b[?1003;1006h",
    "title": "\x1b]0;<img src=/hit>\x07",
}


async def test_hostile_output_only_shows(browser: Browser) -> None:
    """`cat` of hostile files runs no script, types nothing, fetches nothing (rows 88-91)."""
    await browser.open("evil")
    watcher = await browser.server.attach("evil")
    for number, text in enumerate(HOSTILE.values()):
        (browser.server.home / f"evil{number}").write_text(text)
    before = len(browser.requests)
    for number, name in enumerate(HOSTILE):
        await browser.type(f"cat evil{number}")
        await watcher.event("command", state="prompt", line=f"cat evil{number}")
        await browser.page.mouse.click(200, 200)
        await browser.page.evaluate(
            "dispatchEvent(new Event('blur')), dispatchEvent(new Event('focus'))"
        )
        word = nonce()
        await browser.type(f"echo {word}")
        done = await watcher.event("command", state="done", n=2 * number + 2)
        assert done["line"] == f"echo {word}", name
        await browser.shows(word)
    assert not (browser.server.home / "pwned").exists()
    assert await browser.page.evaluate("window.hit") is None
    assert await browser.page.locator("#term :is(img, form, input, a, iframe)").count() == 0
    assert browser.requests[before:] == []
    assert browser.errors == []


async def test_reconnect_goes_on_without_interrupt(browser: Browser) -> None:
    """A cut connection comes back by itself; the job that ran was not stopped (row 101)."""
    await browser.open("cut")
    word = nonce()
    await browser.type(f"until [ -e go ]; do read -t 0.1; done; echo {word} | tr a-z A-Z")
    await browser.shows(word)
    browser.relay.down = True
    browser.relay.cut()
    await browser.page.wait_for_selector("#notice:not([hidden])")
    await browser.page.keyboard.type("lost")
    await browser.page.wait_for_selector("#notice.refused")
    (browser.server.home / "go").touch()
    browser.relay.down = False
    await browser.shows(word.upper())
    await browser.page.wait_for_selector("#notice[hidden]", state="attached")
    shown = await browser.page.inner_text("#term")
    assert "^C" not in shown
    assert "lost" not in shown
    assert shown.count(word.upper()) == 1


async def test_an_ended_shell_is_told_over_what_it_wrote(browser: Browser) -> None:
    """Who comes to a terminal whose shell has ended sees its output, and the way on beside it."""
    await browser.open("over")
    await browser.type("exit 3")
    await browser.shows("The shell has ended (3)")
    await browser.page.reload()
    await browser.shows("exit 3")
    notice = browser.page.locator("#notice")
    await expect(notice).to_have_text("The shell has ended (3). Press Enter for a new one.")
    assert "ended" not in await browser.page.inner_text("#term")
    await browser.page.keyboard.press("Enter")
    await expect(notice).to_be_hidden()


async def test_new_shell_after_exit(browser: Browser) -> None:
    """A shell that exits says so, and Enter starts a new one."""
    await browser.open("again")
    await browser.type("exit 3")
    await browser.shows("The shell has ended (3)")
    await browser.page.keyboard.press("Enter")
    word = nonce()
    watcher = await browser.server.attach("again")
    await eventually(lambda: len(browser.server.children()) == 1)
    await watcher.prompt()
    await browser.type(f"echo {word} | tr a-z A-Z")
    await browser.shows(word.upper())


async def framed(browser: Browser, name: str, style: str = "height: 300px") -> Page:
    """A page that shows the view in a frame, and keeps what it is told."""
    page = browser.page
    body = f"<!doctype html><button>Mine</button><br><iframe style='{style}'></iframe>"
    await page.route("**/frame", lambda route: route.fulfill(body=body, content_type="text/html"))
    await page.goto(browser.relay.url("x").split("/user/")[0] + "/frame")
    await page.evaluate(
        """url => { window.told = []; addEventListener("message", e => told.push(e.data));
        window.ask = m => frames[0].postMessage({kind: "workshop", ...m}, location.origin);
        document.querySelector("button").focus();
        document.querySelector("iframe").src = url; }""",
        browser.relay.url(name),
    )
    return page


ONLINE = "told.some(m => m.kind === 'workshop' && m.state === 'online')"


async def test_run_waits_for_the_first_connection(browser: Browser) -> None:
    """What the page wants run as soon as the view is ready runs once the terminal is open."""
    page = await framed(browser, "early")
    await page.evaluate(
        """() => addEventListener("message", ({data}) => data.type === "ready" &&
        ask({type: "run", id: "a", text: "echo early-$((1+1))"}))"""
    )
    await page.wait_for_function("told.some(m => m.type === 'run' && m.state === 'done')")
    assert await page.evaluate("told.filter(m => m.state === 'offline')") == []


async def test_keyboard_is_taken_only_when_asked(browser: Browser) -> None:
    """A view that loads leaves the focus where it is; `focus` brings it here."""
    page = await framed(browser, "focus")
    await page.wait_for_function(ONLINE)
    await page.keyboard.press("Escape")
    mine = await page.evaluate("document.activeElement.textContent")
    await page.evaluate("ask({type: 'focus'})")
    await page.wait_for_function("document.activeElement.tagName === 'IFRAME'")
    word = nonce()
    await page.keyboard.type(f"echo {word} | tr a-z A-Z\n")
    await expect(page.frame_locator("iframe").locator("#term")).to_contain_text(word.upper())
    assert mine == "Mine"


async def test_a_hidden_view_starts_when_it_is_shown(browser: Browser) -> None:
    """A view that is loaded out of sight waits for a size, and then shows its prompt whole."""
    page = await framed(browser, "hidden", "display: none; height: 300px")
    await page.wait_for_function("told.some(m => m.type === 'ready')")
    await page.wait_for_timeout(300)
    await page.evaluate("document.querySelector('iframe').style.display = ''")
    await expect(page.frame_locator("iframe").locator("#term")).to_contain_text("~")
    assert browser.errors == []


@pytest.mark.parametrize("height", [300, 303, 308, 313])
async def test_first_line_and_column_are_in_sight(browser: Browser, height: int) -> None:
    """However high its frame, a full screen begins below the edge, and its text beside it."""
    page = await framed(browser, "edge", f"height: {height}px")
    line = page.frame_locator("iframe").locator("#term .line").first
    await expect(line).to_contain_text("~")
    box, around = await line.bounding_box(), await page.locator("iframe").bounding_box()
    assert box is not None
    assert around is not None
    assert box["y"] >= around["y"]
    assert box["x"] >= around["x"] + 8


async def test_page_around_runs_a_command(browser: Browser) -> None:
    """In a frame the view tells the page when it is ready, and a run as far as its status."""
    page = await framed(browser, "framed")
    await page.wait_for_function(ONLINE)
    watcher = await browser.server.attach("framed")
    await watcher.prompt()
    for text, states in (("true\nfalse", "sent running failed"), ("true", "sent running done")):
        await page.evaluate(
            """text => { told.length = 0; frames[0].postMessage(
            {kind: "workshop", type: "run", id: "a", text}, location.origin) }""",
            text,
        )
        last = states.split()[-1]
        await page.wait_for_function(f"told.some(m => m.type === 'run' && m.state === '{last}')")
        told = await page.evaluate("told.filter(m => m.type === 'run').map(m => m.state)")
        assert [s for i, s in enumerate(told) if s not in told[:i]] == states.split()


async def run(page: Page, identity: str, text: str, **more: object) -> None:
    """Have the view run a block of the notes."""
    await page.evaluate("ask", {"type": "run", "id": identity, "text": text, **more})


async def becomes(page: Page, identity: str, state: str) -> dict[str, Any]:
    """The last word on a run, once it is this state."""
    last = "told.filter(m => m.type === 'run' && m.id === id).at(-1)"
    await page.wait_for_function(f"([id, s]) => {last}?.state === s", arg=[identity, state])
    found: dict[str, Any] = await page.evaluate(f"id => {last}", identity)
    return found


async def test_each_block_gets_its_own_end(browser: Browser) -> None:
    """A block typed ahead has its own status, or was not run when an interrupt threw it away."""
    page = await framed(browser, "ahead")
    await page.wait_for_function(ONLINE)
    await (await browser.server.attach("ahead")).prompt()
    await run(page, "one", "sleep 0.5")
    await becomes(page, "one", "running")
    await run(page, "two", "(exit 7)")
    await becomes(page, "two", "asking")
    await run(page, "two", "(exit 7)", force=True)
    assert (await becomes(page, "one", "done"))["status"] == 0
    assert (await becomes(page, "two", "failed"))["status"] == 7
    await run(page, "one", "sh -c 'echo rea''dy; exec sleep 100'")
    await expect(page.frame_locator("iframe").locator("#term")).to_contain_text("ready")
    await run(page, "two", "echo never", force=True)
    await run(page, "stop", "", interrupt=True)
    assert (await becomes(page, "one", "failed"))["status"] == 130
    await becomes(page, "two", "unrun")


async def test_half_typed_line_is_asked_about(browser: Browser) -> None:
    """What stands at the prompt is not glued to a block unasked."""
    page = await framed(browser, "half")
    await page.wait_for_function(ONLINE)
    watcher = await browser.server.attach("half")
    await watcher.prompt()
    watcher.type("half")
    await expect(page.frame_locator("iframe").locator("#term")).to_contain_text("half")
    await run(page, "a", "echo block")
    assert (await becomes(page, "a", "asking"))["taken"] is True


async def test_a_block_after_the_end_gets_a_new_shell(browser: Browser) -> None:
    """A click after `exit` starts a new shell; there is nothing left to interrupt."""
    page = await framed(browser, "ended")
    await page.wait_for_function(ONLINE)
    await (await browser.server.attach("ended")).prompt()
    await run(page, "a", "exit 3")
    assert (await becomes(page, "a", "failed"))["status"] == 3
    await run(page, "stop", "", interrupt=True)
    await becomes(page, "stop", "ended")
    await run(page, "b", "(exit 5)")
    assert (await becomes(page, "b", "failed"))["status"] == 5


async def test_a_block_is_followed_across_a_reload(browser: Browser) -> None:
    """A block that runs while the view is loaded again is told on, with its own status."""
    page = await framed(browser, "reload")
    await page.wait_for_function(ONLINE)
    await (await browser.server.attach("reload")).prompt()
    await run(page, "a", "until [ -e go-on ]; do sleep 0.1; done; (exit 6)")
    await becomes(page, "a", "running")
    await page.evaluate("told.length = 0, document.querySelector('iframe').src += '&again'")
    await page.wait_for_function("told.some(m => m.type === 'ready')")
    await page.evaluate("ask({type: 'follow', id: 'a'}), ask({type: 'follow', id: 'b'})")
    await becomes(page, "a", "running")
    await becomes(page, "b", "lost")
    (browser.server.home / "go-on").touch()
    assert (await becomes(page, "a", "failed"))["status"] == 6
