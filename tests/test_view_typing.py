"""What a person does in the terminal view, and what programs cannot do to it."""

import re
from hashlib import md5

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import launch
from tests.view_fixtures import stage
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="stage")
def _stage():
    with sync_playwright() as playwright, launch(playwright) as browser, stage(browser) as made:
        yield made


JUDGE = """async (uri) => {
  const { judge } = await import(new URL("links.js", document.querySelector("script[src]").src));
  return judge(uri);
}"""


@pytest.fixture(scope="module", name="links")
def _links(stage):
    with stage.view("judge") as view:
        yield view.page


def _file(stage, name, content):
    (stage.server.home / name).write_bytes(content)


def test_what_is_typed_is_echoed_and_runs(stage):
    """Letters, accents, a wide character and Return come to the shell as typed."""
    with stage.view("echo") as view:
        view.page.keyboard.type("echo naïve-")
        view.page.keyboard.insert_text("漢字🦋")
        view.page.keyboard.type("-$((1+1))\n")

        view.shows("naïve-漢字🦋-2")


def test_tab_and_control_keys_are_the_terminal_s(stage):
    """Tab completes, Ctrl-U and Ctrl-R are readline's; none of them moves the focus."""
    with stage.view("tab") as view:
        (stage.server.home / "a-long-name-here").touch()
        view.type("echo gone")
        view.page.keyboard.press("Control+u")
        view.page.keyboard.type("echo a-long-n")
        view.page.keyboard.press("Tab")
        view.shows("a-long-name-here")
        view.page.keyboard.press("Enter")

        view.shows("\na-long-name-here")


def test_shift_f6_leaves_the_terminal(stage):
    """The one key that the terminal does not get hands the focus back to the page."""
    with stage.framed("leave") as view:
        view.type("")
        view.page.keyboard.press("Shift+F6")
        view.page.wait_for_function("() => said.some((m) => m.type === 'shortcut')")

        assert view.said("shortcut")[0]["key"] == "Shift+F6"
        assert view.text().count("\n") == 0


def test_the_page_s_focus_message_reaches_the_keyboard(stage):
    """After `focus` what is typed goes to the terminal."""
    with stage.framed("focus") as view:
        view.page.locator("#outside").click()
        view.ask(type="focus")
        view.page.wait_for_function("() => document.activeElement.tagName === 'IFRAME'")
        view.page.keyboard.type("echo here-$((1+1))\n")

        view.shows("here-2")


def test_messages_of_strangers_are_ignored(stage):
    """Only the page around the view, from its own origin, is obeyed."""
    with stage.view("stranger") as view:
        view.page.evaluate(
            """() => {
              const run = {kind: "workshop", type: "run", id: "a", text: "touch ~/stranger"};
              postMessage(run, "*");
              const child = document.body.appendChild(document.createElement("iframe"));
              child.contentWindow.parent.postMessage(run, "*");
            }"""
        )
        view.type("echo end-$((1+1))\n")
        view.shows("end-2")

        assert not (stage.server.home / "stranger").exists()


def test_a_paste_of_many_lines_waits_for_return(stage):
    """A paste goes in brackets, so the shell runs nothing before Return (no line is lost)."""
    with stage.view("paste", permissions=["clipboard-read", "clipboard-write"]) as view:
        view.page.evaluate(
            "() => navigator.clipboard.writeText('echo p-$((1+1))\\necho q-$((1+1))')"
        )
        view.type("")
        view.page.keyboard.press("Control+Shift+V")
        text = view.shows("echo q-$((1+1))")
        assert "p-2" not in text
        view.page.keyboard.press("Enter")

        view.shows("p-2")
        view.shows("q-2")


def test_a_megabyte_pasted_into_a_busy_program_arrives_whole(stage):
    """Every byte of a large paste arrives, in order (security row 56)."""
    with stage.view("megabyte") as view:
        size = 1024 * 1024
        view.type(f"stty -echo; echo go-$((1+1)); sleep 1; head -c {size} | md5sum; stty echo\n")
        view.shows("go-2")
        text = "".join(f"{number:07}\n" for number in range(size // 8))
        view.page.evaluate(
            """(text) => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
              document.querySelector(".xterm-helper-textarea").dispatchEvent(paste);
            }""",
            text,
        )
        assert md5(text.encode()).hexdigest() in view.shows("  -", limit=60)


def test_a_selection_is_copied_with_the_keyboard(stage):
    """Ctrl+Shift+C copies what is selected, and types nothing."""
    with stage.view("copy", permissions=["clipboard-read", "clipboard-write"]) as view:
        view.type("clear; echo copy-me-$((1+1))\n")
        view.shows("copy-me-2")
        place = view.find(".xterm-rows > div").filter(has_text="copy-me-2").first.bounding_box()
        view.page.mouse.dblclick(place["x"] + 20, place["y"] + 9)
        view.page.keyboard.press("Control+Shift+C")

        assert view.page.evaluate("() => navigator.clipboard.readText()") == "copy-me-2"


HOSTILE = (
    b"\x1b]52;c;c3RvbGVu\x07\x1b]8;;javascript:document.title='owned'\x1b\\click-me\x1b]8;;\x1b\\\r\n"
    b"\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[6n\x1b[?6n\x1b[?996n\x1b[21t\x1b[18t\x1b[14t\x05\x1b[>q"
    b"\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b]10;?\x07\x1b]4;1;?\x07\x1b[?2004$p\x1b[4$p"
    b"\x1b[?77h<script>document.title='owned'</script>"
    b"<img src=x onerror=\"document.title='owned'\">\r\n"
    b"\x1bP;HTML|<form action=/hub/logout><input></form>\x1bP\x1bP;PROMPT|touch ~/owned\r\x1bP\r\n"
)


def test_hostile_output_types_and_opens_nothing(stage):
    """A file full of questions, clipboard writes and script leaves shell, page and clipboard alone
    (security rows 88, 89, 90, 91)."""
    with stage.framed("hostile", permissions=["clipboard-read", "clipboard-write"]) as view:
        _file(stage, "evil", HOSTILE)
        view.page.evaluate("() => navigator.clipboard.writeText('mine')")
        requests = []
        view.page.on("request", lambda request: requests.append(request.url))
        view.type("cat evil; sleep 0.3; cat evil\n")
        view.shows("click-me")
        view.prompt()
        view.type("echo end-$((1+1))\n")
        text = view.shows("end-2")
        view.type("read -rt 0.5 -n 1 key; echo key=[$key]\n")

        assert re.search(r"[#$] echo end-\$\(\(1\+1\)\)$", text, re.MULTILINE)
        view.shows("key=[]")
        assert not (stage.server.home / "owned").exists()
        assert view.page.evaluate("() => navigator.clipboard.readText()") == "mine"
        assert view.page.evaluate("() => frame.contentDocument.title") != "owned"
        assert view.find("form:not(.rename, .search, [method=dialog]), .xterm img").count() == 0
        assert [url for url in requests if "/static/" not in url and "/vendor/" not in url] == []


ASK = rb"""
system("stty raw -echo"); $| = 1; print "\x1b[6n"; read(STDIN, my $answer, 6);
system("stty sane"); print "answer=" . substr($answer, 1) . " end\n";
"""


def test_a_program_that_asks_is_answered(stage):
    """A program in raw mode that asks where the cursor is hears it, once."""
    with stage.view("answer") as view:
        _file(stage, "ask.pl", ASK)
        view.type("clear; perl ask.pl\n")

        view.shows("answer=[1;1R end")
        view.prompt()


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("https://example.org/", "open"),
        ("HTTP://example.org", "open"),
        ("mailto:ada@example.org", "ask"),
        ("ssh://host", "ask"),
        ("javascript:alert(1)", "refuse"),
        ("JaVaScRiPt:alert(1)", "refuse"),
        (" java\tscript:alert(1)", "refuse"),
        ("data:text/html,x", "refuse"),
        ("vbscript:x", "refuse"),
        ("file:///etc/passwd", "refuse"),
        ("blob:https://example.org/1", "refuse"),
        ("/relative", "refuse"),
        ("nothing", "refuse"),
    ],
)
def test_links_are_judged_by_their_kind(links, address, verdict):
    """Web addresses open, unsafe kinds never do, all others ask (security row 91)."""
    assert links.evaluate(JUDGE, address) == verdict


def test_a_dangerous_link_is_not_opened(stage):
    """A link with a javascript: address is text, whoever clicks it (security row 91)."""
    with stage.view("links") as view:
        view.type(
            "clear; printf '\\033]8;;javascript:alert(1)\\033\\\\click-me\\033]8;;\\033\\\\\\n'\n"
        )
        view.prompt()
        opened = []
        view.page.context.on("page", lambda page: opened.append(page))
        place = view.find(".xterm-rows > div").filter(has_text="click-me").first.bounding_box()
        view.page.mouse.click(place["x"] + 20, place["y"] + 9)
        view.type("echo end-$((1+1))\n")
        view.shows("end-2")

        assert opened == []


def test_other_kinds_of_links_ask_first(stage):
    """A mailto link opens only after a yes; the address is shown."""
    with stage.view("mail") as view:
        view.type(
            "clear; printf '\\033]8;;mailto:ada@example.org\\033\\\\write\\033]8;;\\033\\\\\\n'\n"
        )
        view.prompt()
        _click(view, "write")
        expect(view.find(".asking-address")).to_have_text("mailto:ada@example.org")
        view.page.keyboard.press("Escape")
        expect(view.find(".asking")).to_be_hidden()


def test_a_web_address_opens_in_a_window_that_knows_nothing_of_us(stage):
    """http and https addresses in the output open by a click, without opener or referrer."""
    with stage.view("web") as view:
        target = f"{stage.wire.url}api/session"
        view.type(f"clear; echo {target}\n")
        view.prompt()
        view.find(".screen").hover()
        with view.page.context.expect_page() as opened:
            _click(view, "api/session", row=1)

        assert opened.value.url == target
        assert opened.value.evaluate("() => window.opener") is None


def _click(view, text, row=0):
    """Move over the text, as a hand does, until it is a link, and click."""
    rows = view.find(".xterm-rows > div").filter(has_text=text)
    place = rows.nth(row if rows.count() > row else rows.count() - 1).bounding_box()
    mouse = view.page.mouse

    def over():
        mouse.move(place["x"] + 300, place["y"] + 60)
        mouse.move(place["x"] + 30, place["y"] + 9)
        return view.find(".xterm-cursor-pointer").count()

    until(over, what="a link under the pointer")
    mouse.click(place["x"] + 30, place["y"] + 9)


def test_search_finds_what_scrolled_away(stage):
    """Ctrl+Shift+F finds upwards through the scrollback, says how many, and Escape returns."""
    with stage.view("search") as view:
        view.type("clear; seq 1 500\n")
        view.shows("\n500")
        view.page.keyboard.press("Control+Shift+F")
        expect(view.find(".search input")).to_be_focused()
        view.page.keyboard.type("77")
        expect(view.find(".search-count")).to_have_text("5 of 5")
        view.page.keyboard.press("Enter")
        expect(view.find(".search-count")).to_have_text("4 of 5")
        assert "377" in view.text()
        view.page.keyboard.press("Escape")
        expect(view.find(".search")).to_be_hidden()
        view.page.keyboard.type("echo back-$((1+1))\n")
        view.shows("back-2")


def test_the_page_can_ask_for_search_and_file(stage):
    """`search` opens the bar, `save` gives the scrollback with wrapped lines whole."""
    with stage.framed("ask") as view:
        view.type("clear; seq 1 300; printf 'x%.0s' {1..300}; echo\n")
        view.shows("xxx")
        view.prompt()
        view.ask(type="search")
        expect(view.find(".search")).to_be_visible()
        with view.page.expect_download() as download:
            view.ask(type="save")
        lines = download.value.path().read_text().splitlines()

        assert re.fullmatch(r"terminal-ask-[\d-]+\.txt", download.value.suggested_filename)
        first = lines.index("1")
        assert [str(number) for number in range(1, 301)] == lines[first : first + 300]
        assert lines[first + 300] == "x" * 300


def test_the_title_is_the_shell_s_or_the_person_s(stage):
    """The page hears the shell's title; a name given by hand wins, and stays after a reload."""
    with stage.framed("title") as view:
        view.type("printf '\\033]0;from the shell\\007'; sleep 0.2\n")
        view.page.wait_for_function(
            "() => said.some((m) => m.type === 'title' && m.title === 'from the shell')"
        )
        view.find(".tools-title").click()
        view.find(".rename input").fill("build box")
        view.page.keyboard.press("Enter")
        view.page.wait_for_function(
            "() => said.findLast((m) => m.type === 'title').title === 'build box'"
        )
        expect(view.find(".tools-title")).to_have_text("build box")

        view.page.reload()
        expect(view.find(".tools-title")).to_have_text("build box")


def test_two_browsers_share_one_terminal(stage):
    """Both see the same, and the size is that of whoever typed last."""
    with (
        stage.view("shared", viewport={"width": 900, "height": 500}) as first,
        stage.view("shared", viewport={"width": 600, "height": 300}) as second,
    ):
        first.type("stty size\n")
        wide = re.findall(r"^\d+ \d+$", first.shows(" 1"), re.MULTILINE) or _size(first)
        second.shows(wide[-1])
        second.type("stty size; echo both-$((1+1))\n")
        second.shows("both-2")
        first.shows("both-2")
        sizes = _size(second)

        assert sizes[-1] != wide[-1]
        assert int(sizes[-1].split()[1]) < int(wide[-1].split()[1])
        assert _lines(first) == _lines(second)
        first.type("stty size; echo again-$((1+1))\n")
        first.shows("again-2")
        assert _size(first)[-1] == wide[-1]


def test_a_size_comes_back_when_the_other_window_closes(stage):
    """After a larger window that had the size is closed, the view fits its own place again."""
    small = {"width": 600, "height": 300}
    with stage.view("closes", viewport=small) as first:
        lines = _lines(first)
        with stage.view("closes", viewport={"width": 900, "height": 700}) as second:
            second.type("seq 60\n")
            second.shows("\n60")
            until(lambda: _lines(first) > lines, what="the larger size")

        until(lambda: _lines(first) == lines, what="its own size")
        assert re.search(r"60\n.*[#$]$", first.text())


def _sizes(stage):
    return (stage.server.home / "sizes").read_text().splitlines()


def _size(view):
    return re.findall(r"^\d+ \d+$", view.text(), re.MULTILINE)


def _lines(view):
    return view.find(".xterm-rows > div").count()


def test_the_screen_follows_its_window(stage):
    """A smaller window makes a smaller terminal, a hidden one changes nothing."""
    with stage.framed("resize") as view:
        view.type("while sleep 0.1; do clear; stty size | tee -a sizes; done\n")
        rows, columns = until(lambda: _size(view), what="a size")[-1].split()
        frame = view.page.locator("iframe")
        frame.evaluate("(frame) => { frame.style.display = 'none'; }")
        hidden = len(_sizes(stage))
        until(lambda: len(_sizes(stage)) > hidden + 3, what="sizes of a hidden terminal")
        assert set(_sizes(stage)[hidden:]) == {f"{rows} {columns}"}
        frame.evaluate("(frame) => { frame.style.display = ''; frame.style.width = '400px'; }")

        def smaller():
            return [size for size in _size(view) if int(size.split()[1]) < int(columns)]

        assert until(smaller, what="a smaller size")[-1].split()[0] == rows


def test_screen_reader_mode_is_kept(stage):
    """The mode puts the lines where a screen reader finds them, and is on after a reload."""
    with stage.view("reader") as view:
        assert view.find(".xterm-accessibility").count() == 0
        view.find(".tools-title").focus()
        view.find(".tool-reader").click()
        view.type("echo read-$((1+1))\n")
        expect(view.find(".xterm-accessibility-tree")).to_contain_text("read-2")

        view.page.reload()
        expect(view.find(".xterm-accessibility-tree")).to_contain_text("read-2")


def test_letters_grow_and_stay(stage):
    """A font message changes the letters, and with them the size of the terminal, for good."""
    with stage.framed("font") as view:
        lines = _lines(view)
        view.ask(type="font", size=22)
        until(lambda: _lines(view) < lines * 0.75, what="fewer lines")
        view.page.reload()
        view.prompt()
        assert _lines(view) < lines * 0.75


TOUCH = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 700}}


def test_the_row_of_keys_is_with_who_is_typed_into(stage):
    """A terminal of a page has it while it has the focus, so there is one and not several."""
    with stage.framed("focused", **TOUCH) as view:
        expect(view.find(".keys")).to_be_hidden()
        view.find(".screen").tap()
        expect(view.find(".keys")).to_be_visible()
        view.find("[data-key=Tab]").tap()
        expect(view.find(".keys")).to_be_visible()
        view.page.evaluate("document.activeElement.blur()")
        expect(view.find(".keys")).to_be_hidden()


def test_touch_gets_a_row_of_keys(stage):
    """On a touch screen Ctrl holds for one key, and arrows and signs are typed by the row."""
    with stage.view("touch", **TOUCH) as view:
        view.type("cat -v\n")
        view.find("[data-key=Up]").tap()
        view.find("[data-key='|']").tap()
        view.find("[data-key='~']").tap()
        view.find("[data-key=Escape]").tap()
        view.page.keyboard.press("Enter")
        view.shows("^[[A|~^[")
        view.find("[data-hold=Ctrl]").tap()
        expect(view.find("[data-hold=Ctrl]")).to_have_attribute("aria-pressed", "true")
        view.page.keyboard.type("c")
        view.shows("^C")
        expect(view.find("[data-hold=Ctrl]")).to_have_attribute("aria-pressed", "false")
        view.prompt()
