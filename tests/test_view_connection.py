"""The terminal view keeps its connection: nothing lost, doubled or typed by itself."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import launch
from tests.view_fixtures import stage
from tests.waiting import until

pytestmark = pytest.mark.slow

COUNT = "for i in $(seq 1 150); do echo n$i; sleep 0.02; done; echo counted-$((100+50))\n"


@pytest.fixture(scope="module", name="stage")
def _stage():
    with sync_playwright() as playwright, launch(playwright) as browser, stage(browser) as made:
        yield made


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?m)^n(\d+)$", text)]


def test_a_reload_shows_the_same_screen(stage):
    """After a reload the screen is what it was, colours and cursor included."""
    with stage.view("reload") as view:
        view.type("printf '\\033[1;31mred\\033[0m \\033[4mline\\033[0m\\n'; echo end-$((1+1))\n")
        view.shows("end-2")
        view.prompt()
        before = view.find(".xterm-rows").inner_html()

        view.page.reload()
        view.shows("end-2")
        view.prompt()

        expect(view.find(".notice")).to_be_hidden()
        assert before == view.find(".xterm-rows").inner_html()


def test_a_command_outlives_a_reload(stage):
    """A reload sends no Ctrl-C: what runs goes on and ends by itself (security row 101)."""
    with stage.view("outlive") as view:
        view.type("sleep 1.5; echo done-$((1+1))\n")
        view.shows("done-$")
        view.page.reload()

        assert "^C" not in view.shows("done-2")


def try_now(view):
    """Press the button; the view may try by itself a moment before, and then it is gone."""
    view.find(".notice-button").dispatch_event("click")


@pytest.mark.parametrize(
    "away",
    [
        pytest.param(0, id="a-blink"),
        pytest.param(1500, id="a-while"),
    ],
)
def test_a_cut_while_counting_loses_nothing(stage, away):
    """With the wire cut mid-loop the final screen is that of a run without (security row 101)."""
    with stage.view(f"count-{away}", viewport={"width": 700, "height": 3400}) as view:
        view.type(COUNT)
        view.shows("n20\n")
        stage.wire.down = away > 0
        stage.wire.cut()
        if away:
            view.notice("Reconnecting")
            view.page.wait_for_timeout(away)
            stage.wire.down = False
            try_now(view)
        text = view.shows("counted-150", limit=30)

        assert list(range(1, 151)) == _numbers(text)
        assert "^C" not in text


def test_keys_typed_through_cuts_arrive_once(stage):
    """Input in flight when the wire breaks is neither lost nor doubled."""
    with stage.framed("keys") as view:
        view.type("cat > typed\n")
        words = [f"w{number} " for number in range(30)]
        for number, word in enumerate(words):
            view.page.keyboard.type(word)
            if number % 10 == 5:
                stage.wire.cut()
                view.page.wait_for_function(
                    "(times) => said.filter((m) => m.state === 'online').length > times",
                    arg=number // 10 + 1,
                )
        view.page.keyboard.press("Enter")
        view.page.keyboard.press("Control+d")
        view.prompt()

        assert "".join(words) == (stage.server.home / "typed").read_text().rstrip("\n")


def test_keys_typed_offline_are_refused_in_sight(stage):
    """Offline, a key is not taken and the view says so; nothing of it arrives later."""
    with stage.view("offline") as view:
        stage.wire.down = True
        stage.wire.cut()
        view.notice("Reconnecting")
        view.type("echo never")
        view.notice("Not connected: this key was not sent.")
        view.notice("Reconnecting")

        stage.wire.down = False
        try_now(view)
        view.notice("Connected again")
        view.type("echo now-$((1+1))\n")
        assert "never" not in view.shows("now-2")
        expect(view.find(".notice")).to_be_hidden()


def test_attempts_get_rarer_and_never_stop(stage):
    """Waits double from half a second to thirty, each between half of that and all of it."""
    with stage.view("pause") as view:
        waits = view.page.evaluate(
            """async () => {
              const own = document.querySelector("script[src]").src;
              const { pause } = await import(new URL("upkeep.js", own));
              const at = (attempt) => [pause(attempt, () => 0), pause(attempt, () => 1)];
              return [0, 1, 5, 6, 7, 1000].map(at);
            }"""
        )

    assert waits[0] == [250, 500]
    assert waits[1] == [500, 1000]
    assert waits[2] == [8000, 16000]
    assert waits[3:] == [[15000, 30000]] * 3


def test_the_network_s_return_ends_the_wait(stage):
    """When the browser is online again, the next attempt is made at once."""
    with stage.view("online") as view:
        stage.wire.down = True
        stage.wire.cut()
        view.notice("in 3 s", limit=30)
        stage.wire.down = False
        view.page.evaluate("dispatchEvent(new Event('online'))")
        expect(view.find(".notice")).to_contain_text("Connected again", timeout=1500)


def test_a_connection_that_died_silently_is_noticed(stage):
    """A wire that swallows everything is given up after a key stays unanswered."""
    with stage.view("frozen") as view:
        view.type("echo one\n")
        view.shows("one")
        stage.wire.freeze()
        view.type("echo two-$((1+1))\n")
        text = view.shows("two-2", limit=30)
        assert text.count("two-2") == 1


def test_a_quiet_connection_that_lives_is_kept(stage):
    """After an absence a view that only watches asks, hears an answer, and does not reconnect."""
    with stage.view("quiet") as view:
        view.prompt()
        before = stage.wire.upgrades
        view.page.evaluate(
            """() => {
              const now = Date.now;
              Date.now = () => now() + 7_000;
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
        view.type("echo still-$((1+1))\n")
        view.shows("still-2")
        assert stage.wire.upgrades == before


def test_a_silent_death_is_noticed_by_who_only_watches(stage):
    """After an absence a view asks for a sign of life, also when nobody has typed in it."""
    with stage.view("watcher") as view:
        view.prompt()
        stage.wire.freeze()
        before = stage.wire.upgrades
        view.page.evaluate(
            "() => setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 500)"
        )
        until(lambda: stage.wire.upgrades > before, what="a new connection", limit=30)
        view.type("echo back-$((1+1))\n")
        view.shows("back-2", limit=30)


def test_an_ended_login_is_said_and_not_retried(stage):
    """When the login ended the view says so, asks the page for a fresh one, and stops trying."""
    with stage.framed("login") as view:
        stage.wire.logged_in = False
        stage.wire.cut()
        try:
            view.notice("Your login has ended.")
            tries = stage.wire.upgrades
            view.page.wait_for_timeout(1500)
            assert stage.wire.upgrades == tries
            assert view.said("connection")[-1]["state"] == "ended"
            view.find(".notice-button").click()
            view.page.wait_for_function("() => said.some((m) => m.type === 'fresh-login')")
        finally:
            stage.wire.logged_in = True
        view.page.evaluate("() => frame.contentWindow.dispatchEvent(new Event('online'))")
        view.notice("Connected again")
        view.type("echo back-$((1+1))\n")
        view.shows("back-2")


def test_a_restarted_terminal_server_gives_a_clean_screen(stage):
    """A new terminal server means a new shell on an empty screen; nothing old is typed."""
    with stage.view("fresh") as view:
        view.type("echo old-$((1+1))\n")
        view.shows("old-2")
        stage.server.stop(kill=True)
        stage.server.start()
        view.notice("Connected again", limit=40)
        view.prompt()

        assert "old" not in view.text()
        view.type("echo new-$((1+1))\n")
        view.shows("new-2")


def test_output_that_fell_out_leaves_a_mark(stage):
    """After more than the server keeps, a line on top says that older output is gone."""
    with stage.view("lost") as view:
        blank = 'for(i=0;i<500;i++) s=s "\\033[0m"'
        view.type(f"awk 'BEGIN{{{blank}; for(i=1;i<=1500;i++) print s \"line\" i}}'\n")
        view.shows("line1500", limit=30)
        view.page.reload()
        view.shows("line1500", limit=30)
        with view.page.expect_download() as download:
            view.find(".tools-title").hover()
            view.find(".tool-save").click()
        lines = download.value.path().read_text().splitlines()

        assert "older output is no longer kept" in lines[0]
        assert lines[-2] == "line1500"
        assert 900 < len(lines) < 1100


def test_an_ended_shell_leaves_words_and_a_key(stage):
    """Exit says how it ended; other keys do nothing, Enter starts a new shell."""
    with stage.framed("exit") as view:
        view.type("exit 3\n")
        view.notice("The shell ended with status 3. Press Enter to start a new one.")
        assert view.said("exit") == [{"kind": "workshop", "type": "exit", "status": 3}]

        view.type("x\n")
        expect(view.find(".notice")).to_be_hidden()
        view.prompt()
        view.type("echo new-$((1+1))\n")
        assert "xecho" not in view.shows("new-2")


def test_an_ended_shell_starts_anew_by_its_button_after_a_reload(stage):
    """The words about the end are there after a reload too, with a button."""
    with stage.view("exit-reload") as view:
        view.type("exit\n")
        view.notice("The shell ended. Press Enter")
        view.page.reload()
        view.notice("The shell ended. Press Enter")
        view.find(".notice-button").click()
        expect(view.find(".notice")).to_be_hidden()
        view.prompt()
