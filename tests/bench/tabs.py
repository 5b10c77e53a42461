"""What tabs cost that nobody opens: the first visit to a workshop with them, and to one without."""

import json
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.bench.figure import Figure
from tests.bench.ours import log_into_ours, sit_at_ours
from tests.bench.pairs import Reading, visit
from tests.product import ROOT, running_product

NAMES = ("first_load_with_tabs",)
TABS = """\
tabs:
- terminal
- {name: Slides, slides: deck.md}
- {name: Shop, port: 8080, command: python3 -m http.server 8080}
- {name: Documentation, url: "https://docs.example.org/"}
- {name: Logs, terminal: logs, command: tail -f log}
- {name: Reference, url: "https://reference.example.org/"}
"""
#: A session with a console, as a hub on a cluster tells it; nobody asks whether it answers.
CONSOLE = {"port": 9, "page": "k8s/ns/class/pods", "health": "health", "openshift": True}
EXTRA = f'c.SessionSpawner.environment["WORKSHOP_CONSOLE"] = {json.dumps(CONSOLE)!r}\n'
MOST = 1.05


def figures(browser: Browser, pairs: int) -> list[Figure]:
    """Bytes and requests of a first visit, with tabs and without."""
    with tempfile.TemporaryDirectory(prefix="tabs-") as folder:
        found = [
            _visits(browser, _workshop(Path(folder) / name, tabs), _extra(folder, extra), pairs)
            for name, tabs, extra in (("with", TABS, EXTRA), ("without", "", ""))
        ]
    ours, peer = ([size for size, _ in visits] for visits in found)
    requests = [max(count for _, count in visits) for visits in found]
    note = "with tabs, and without; requests {:.0f} and {:.0f}".format(*requests)
    more = int(requests[0] > MOST * requests[1])
    return [Figure("first_load_with_tabs", "B", ours, peer, MOST, note, faults=more)]


def _workshop(folder: Path, tabs: str) -> Path:
    shutil.copytree(ROOT / "content/guide", folder)
    (folder / "chapters/04-more-than-terminals.md").unlink()  # it has links to tabs of its own
    (folder / "slides/deck.md").write_text("# One\n\n---\n\n# Two\n")
    (folder / "workshop.yaml").write_text(f"title: Tabs\nterminals: 1\n{tabs}")
    return folder


def _extra(folder: str, text: str) -> str:
    """Plain JupyterHub configuration with this text in it."""
    path = Path(folder) / "extra.py"
    path.write_text(text)
    return str(path)


def _visits(browser: Browser, workshop: Path, extra: str, pairs: int) -> list[Reading]:
    readings = []
    with running_product(WORKSHOP=str(workshop), EXTRA_CONFIG=extra) as product:
        for number in range(pairs):
            name = f"tabs{number}"
            page = log_into_ours(browser, product, name)
            page.keyboard.press("Enter")
            seat = sit_at_ours(page, product, name)
            readings.append(
                visit(browser, seat.page, lambda page, name=name: sit_at_ours(page, product, name))
            )
            page.context.close()
    return readings
