"""The figures of `make bench`: what is written of them, and when a bar holds."""

import json

import pytest

from tests.bench.__main__ import NAMES
from tests.bench.figure import Figure, interval, table, write


def test_a_figure_is_written_with_its_verdict():
    """Readings become medians, their ratio is taken pair by pair, and the bar is held to it."""
    figure = Figure("start", "s", [1.0, 2.0, 3.0], [10.0, 10.0, 10.0], 0.3)

    written = figure.as_json()

    assert [written[key] for key in ("ours", "peer", "ratio", "bar", "holds")] == [
        2.0,
        10.0,
        0.2,
        0.3,
        True,
    ]
    assert written["interval"] == [0.1, 0.3]


@pytest.mark.parametrize(
    ("figure", "holds"),
    [
        pytest.param(Figure("a", "s", [4.0], [10.0], 0.3), False, id="ratio above the bar"),
        pytest.param(Figure("a", "B", [4.0], None, 4.0), True, id="no peer, at the bar"),
        pytest.param(Figure("a", "B", [5.0], None, 4.0), False, id="no peer, above the bar"),
        pytest.param(
            Figure("a", "B", [5.0], [1.0], 6.0, absolute=True), True, id="absolute below the bar"
        ),
        pytest.param(
            Figure("a", "B", [7.0], [70.0], 6.0, absolute=True), False, id="absolute above the bar"
        ),
        pytest.param(Figure("a", "s", [4.0], None, 4.0, faults=1), False, id="something failed"),
        pytest.param(Figure("a", "B", [5.0]), None, id="no bar"),
    ],
)
def test_a_bar_is_held_to_the_median(figure, holds):
    """A bar is for the ratio, or for our own reading where that is what counts."""
    assert figure.holds is holds


def test_without_a_peer_there_is_no_ratio():
    """A row without a peer says null for it."""
    written = Figure("fifty_sessions", "lost", [0], None, 0).as_json()

    assert (written["peer"], written["ratio"]) == (None, None)


def test_an_interval_spans_what_was_measured():
    """The interval lies within the readings and holds their median."""
    low, high = interval([1.0, 2.0, 3.0, 4.0, 50.0])

    assert 1.0 <= low <= 3.0 <= high <= 50.0


def test_the_table_says_what_does_not_hold():
    """A row that fails its bar says NO."""
    lines = table([Figure("start", "s", [4.0], [10.0], 0.3)]).splitlines()

    assert lines[1].startswith("start")
    assert "NO" in lines[1]


def test_a_figure_measured_again_replaces_itself_only(tmp_path):
    """The file keeps the other figures, in the order of the names."""
    file = tmp_path / "build/bench.json"
    write([Figure("b", "s", [2.0]), Figure("a", "s", [1.0])], ("a", "b"), file)
    write([Figure("b", "s", [3.0])], ("a", "b"), file)

    written = json.loads(file.read_text())
    assert [(name, row["ours"]) for name, row in written.items()] == [("a", 1.0), ("b", 3.0)]


def test_names_stand_in_their_order():
    """Figures are written under these names, in this order."""
    assert NAMES == (
        "start",
        "seat_memory",
        "seq_vs_jupyterlab",
        "seq_vs_butterfly",
        "key_p50",
        "key_p95",
        "relay_5mb",
        "first_load_bytes",
        "first_load_requests",
        "relay_download",
        "relay_burst",
        "relay_memory",
        "relay_websocket",
        "first_load_with_tabs",
        "fifty_sessions",
    )
