"""Whether something stands at the prompt already."""

import pytest

from tests.terminal_fixtures import Server, part, serving

Line = part("line").Line


def at_prompt(*done):
    """A line at a fresh prompt, after what was done there: typed, {mark} or [shown]."""
    line = Line()
    for kind in "AB":
        line.mark(kind)
    for step in done:
        if step.startswith("{"):
            for kind in step[1:-1]:
                line.mark(kind)
        elif step.startswith("[") and step.endswith("]"):
            line.shown(step[1:-1])
        else:
            line.typed(step)
    return line


@pytest.mark.parametrize(
    ("done", "taken"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param(["rm -rf "], True, id="half a command"),
        pytest.param(["ls", "\x7f", "\x7f"], False, id="rubbed out"),
        pytest.param(["ls -l\x15"], False, id="Ctrl-U"),
        pytest.param(["ls\x03"], False, id="Ctrl-C"),
        pytest.param(["\x1b[A"], True, id="from the history"),
        pytest.param(["\x1b[A\x15"], True, id="Ctrl-U after moving about"),
        pytest.param(["\t"], True, id="completion"),
        pytest.param(["\x0c"], False, id="Ctrl-L"),
        pytest.param(["ls", "{AB}"], True, id="prompt drawn again"),
        pytest.param(["\r"], True, id="Return, and nothing yet"),
        pytest.param(["\r", "{AB}"], False, id="empty line"),
        pytest.param(["ls\r", "{C}", "{AB}"], False, id="command done"),
        pytest.param(["if true\r", "[> ]"], True, id="continuation"),
        pytest.param(["if true\r", "\x03", "{AB}"], False, id="continuation left"),
        pytest.param(["\x1b[200~ls\r", "ls\r\x1b[201~"], True, id="paste in brackets"),
        pytest.param(["\x1b[200~ls\x1b[201~\r", "{C}", "{AB}"], False, id="paste run"),
        pytest.param(
            ["less x\r", "{C}", "q", "{A}", "[~ $ ]", "{B}"], False, id="key of a program"
        ),
        pytest.param(["top\r", "{C}", "q", "{AB}", "ls\x7f\x7f"], False, id="and rubbed out"),
        pytest.param(["sleep 9\r", "{C}", "rm ", "{AB}", "[rm ]"], True, id="typed ahead"),
        pytest.param(["server &\r", "{C}", "{AB}", "[GET /\r\n]"], False, id="output of a job"),
        pytest.param(["x" * 10_000], True, id="long"),
        pytest.param(["ls\r", "{C}", "x"], False, id="not at a prompt"),
    ],
)
def test_what_stands_at_the_prompt(done, taken):
    """Taken is what a command would be glued to, or what nobody can know to be empty."""
    assert at_prompt(*done).taken is taken


@pytest.fixture
async def server():
    """A fresh server."""
    async with serving() as running:
        yield running


@pytest.mark.slow
async def test_views_are_told_that_the_line_is_taken(server: Server):
    """Every view hears when something stands at the prompt, also one that comes later."""
    one, two = await server.attach("a"), await server.attach("a")
    await one.prompt()
    assert one.opened["taken"] is False
    one.type("half")
    await two.event("line", taken=True)
    late = await server.attach("a")
    assert late.opened["taken"] is True
    one.type("\x15")
    await two.event("line", taken=False)
    one.type("if true\r")
    await one.expect("> ")
    assert [e["taken"] for e in one.events if e["cmd"] == "line"][-1] is True
    one.type("then :; fi\r")
    await one.event("command", state="prompt", n=1)
    await two.event("line", taken=False)
    one.type("sleep 0.3\r")
    await one.event("command", state="running", n=2)
    one.type("ahead")
    await one.event("command", state="prompt", n=2)
    await one.expect("ahead")
    one.events.clear()
    await late.event("line", taken=True)
