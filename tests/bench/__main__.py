"""`make bench`: measure, print a table, write `build/bench.json`."""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench import pairs, relays, tabs
from tests.bench.fifty import fifty
from tests.bench.figure import Figure, table, write
from tests.bench.lab import running_lab
from tests.browser import launch
from tests.product import ROOT, running_product

PEERS = ROOT / "build/peers"
RESULT = ROOT / "build/bench.json"
NAMES = (
    "start",
    "seat_memory",
    "seq_vs_jupyterlab",
    "seq_vs_butterfly",
    "key_p50",
    "key_p95",
    "relay_5mb",
    "first_load_bytes",
    "first_load_requests",
    *relays.NAMES,
    *tabs.NAMES,
    "fifty_sessions",
)


def main() -> None:
    """Measure the figures asked for, ten pairs each unless told otherwise."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("figures", nargs="*", help=f"which figures, of: {', '.join(NAMES)}")
    parser.add_argument("--pairs", type=int, default=10)
    options = parser.parse_args()
    wanted = set(options.figures or NAMES)
    if strangers := wanted - set(NAMES):
        parser.error(f"no such figure: {', '.join(sorted(strangers))}")
    _install_peers()
    figures = _measure(wanted, options.pairs)
    if "fifty_sessions" in wanted:
        figures.append(_fifty())
    write(figures, NAMES, RESULT)
    sys.stdout.write(table(figures) + "\n")


def _install_peers() -> None:
    """The peers, in a virtual environment of their own, once."""
    if not (PEERS / "bin/jupyter-standaloneproxy").exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        needs = Path(__file__).with_name("requirements.txt")
        subprocess.run([PEERS / "bin/pip", "install", "-q", "-r", needs], check=True)


def _measure(wanted: set[str], count: int) -> list[Figure]:
    proxy = ROOT / "node_modules/.bin/configurable-http-proxy"
    with (
        running_product() as product,
        running_lab(PEERS / "bin/python", proxy) as lab,
        sync_playwright() as playwright,
    ):
        rig = pairs.Rig(launch(playwright, whole=True), product, lab, PEERS, count)
        figures = []
        if wanted & set(relays.NAMES):
            figures += relays.figures(rig)
        if wanted & set(tabs.NAMES):
            figures += tabs.figures(rig.browser, count)
        if "start" in wanted:
            figures.append(_figure("start", "s", pairs.start(rig), 0.3))
        if "seat_memory" in wanted:
            figures.append(_figure("seat_memory", "MB", pairs.seat_memory(rig), 0.75))
        if "seq_vs_jupyterlab" in wanted:
            figures.append(_figure("seq_vs_jupyterlab", "s", pairs.seq_vs_jupyterlab(rig), 1.1))
        if "seq_vs_butterfly" in wanted:
            note = "stock Butterfly is given up at 60 times ours: a ratio of 1/60 is a lower bound"
            readings = pairs.seq_vs_butterfly(rig)
            figures.append(_figure("seq_vs_butterfly", "s", readings, 1 / 50, note))
        if wanted & {"key_p50", "key_p95"}:
            p50, p95 = pairs.keys(rig)
            figures += [_figure("key_p50", "ms", p50, 1.2), _figure("key_p95", "ms", p95, 1.2)]
        if "relay_5mb" in wanted:
            figures.append(_figure("relay_5mb", "s", pairs.relay_5mb(rig), 1.2))
        if wanted & {"first_load_bytes", "first_load_requests"}:
            size, requests = pairs.first_load(rig)
            figures += [
                _absolute("first_load_bytes", "B", size, 700_000),
                _absolute("first_load_requests", "", requests, 30),
            ]
    return figures


def _figure(
    name: str, unit: str, readings: Sequence[pairs.Reading], bar: float, note: str = ""
) -> Figure:
    ours, peer = zip(*readings, strict=True)
    return Figure(name, unit, ours, peer, bar, note)


def _absolute(name: str, unit: str, readings: Sequence[pairs.Reading], bar: float) -> Figure:
    """A figure whose bar is for our own reading, whatever the peer's is."""
    ours, peer = zip(*readings, strict=True)
    return Figure(name, unit, ours, peer, bar, absolute=True)


def _fifty() -> Figure:
    with running_product() as product:
        result = asyncio.run(fifty(product))
    note = (
        f"lines lost of 3000; a gateway at the median: {result.gateway_cpu:.2f} % CPU, "
        f"{result.gateway_pss:.1f} MB; a whole session {result.session_pss:.1f} MB"
    )
    return Figure("fifty_sessions", "lost", [result.lost], None, 0, note)


if __name__ == "__main__":
    main()
