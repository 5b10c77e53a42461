"""The rooms of the code and which way imports go; see CONTRIBUTING.md."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: What each room may import of ours, besides itself.
MAY_IMPORT = {
    "dashboard/notes": set(),
    "dashboard/pages": {"dashboard.notes"},
    "dashboard/gateway": {"dashboard.pages", "dashboard.settings"},
    "dashboard/settings": set(),
    "hub": set(),
}

#: The environment is read in one place of each part.
READS_ENVIRONMENT = {
    "dashboard/__main__.py",
    "hub/backup.py",
    "hub/config_check.py",
    "hub/containers/clean.py",
    "hub/containers/sweeper.py",
    "hub/jupyterhub_config.py",
    "hub/local.py",
    "hub/pods/clean.py",
    "hub/pods/sweeper.py",
    "hub/preview.py",
    "hub/session.py",
}


def _modules(place: str) -> list[Path]:
    path = ROOT / place
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imports(module: Path) -> set[str]:
    """Dotted names of our own packages that the module imports."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.partition(".")[0] in {"dashboard", "hub"}}


def _within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("place", MAY_IMPORT)
def test_imports_go_one_way(place):
    """A room imports only the rooms below it; hub and dashboard never meet in code."""
    itself = place.removesuffix(".py").replace("/", ".")
    allowed = MAY_IMPORT[place] | {itself}

    strangers = {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in _modules(place)
        for name in _imports(module)
        if not _within(name, allowed) and name not in {"dashboard", "hub"}
    }

    assert strangers == set()


def test_only_the_terminal_program_imports_butterfly():
    """Butterfly is GPL-3.0: nothing in dashboard/ or hub/ imports it."""
    importers = [
        str(module.relative_to(ROOT))
        for place in ("dashboard", "hub")
        for module in _modules(place)
        if "butterfly" in {name.split(".")[0] for name in _all_imports(module)}
    ]

    assert importers == []


def _all_imports(module: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_the_environment_is_read_in_settings_only():
    """`os.environ` is handed to settings at the door of a program and read nowhere else."""
    readers = {
        str(module.relative_to(ROOT))
        for place in ("dashboard", "hub")
        for module in _modules(place)
        if any(
            isinstance(node, ast.Attribute)
            and node.attr in {"environ", "getenv", "environb"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            for node in ast.walk(ast.parse(module.read_text()))
        )
    }

    assert readers <= READS_ENVIRONMENT


@pytest.mark.parametrize(
    ("folder", "pattern", "limit"),
    [
        ("dashboard", "*.py", 200),
        ("hub", "*.py", 200),
        ("terminal-image", "*.py", 200),
        ("dashboard/pages/static/js", "*.js", 150),
        ("hub/pages/static", "*.js", 150),
        ("terminal-image/static", "*.js", 150),
    ],
)
def test_modules_stay_small(folder, pattern, limit):
    """No module grows past what a reader holds in mind."""
    large = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / folder).rglob(pattern)
        if (lines := len(path.read_text().splitlines())) > limit
    }

    assert large == {}


def test_tests_of_pods_are_named_so():
    """`make test-cluster` looks in test_cluster_* alone."""
    theirs = r"^from tests\.cluster import (\([^)]*|.*)\bMARKS\b|mark\.cluster\b"
    marked = re.compile(theirs, re.MULTILINE)
    others = set((ROOT / "tests").glob("test_*.py")) - set((ROOT / "tests").glob("test_cluster_*"))

    assert [one.name for one in others if marked.search(one.read_text())] == []


@pytest.mark.parametrize("folder", ["dashboard", "hub", "terminal-image", "deploy"])
def test_functions_stay_small(folder):
    """A function fits on a screen, and takes at most six things besides itself."""
    large = {
        f"{module.relative_to(ROOT)}:{node.lineno} {node.name}"
        for module in _modules(folder)
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno >= 45 or len(_parameters(node)) > 6
    }

    assert large == set()


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in {"self", "cls"}]


def test_templates_hold_no_script_or_style():
    """Script and style live in files of their own, as the strict policy asks (security row 72)."""
    guilty = [
        str(path.relative_to(ROOT))
        for folder in ("dashboard", "hub", "terminal-image")
        for path in (ROOT / folder).rglob("*.html")
        # The proxy shows its error pages itself and has nowhere to fetch a style sheet from.
        if path.parent != ROOT / "hub/errors"
        and any(mark in path.read_text() for mark in ("<style", "<script>", " style=", " onclick="))
    ]

    assert guilty == []
