"""Which tests of `make test-cluster` share a worker, and of all which begin first.

xdist's own groups do nothing with this pytest: it looks for them in names that cannot be changed.
"""

import functools
import re

from xdist.scheduler import LoadScopeScheduling

from tests.product import ROOT

#: Those that take minutes; whoever comes first is not waited for at the end.
LONG = (
    *("test_cluster_rotation", "class", "openshift", "test_cluster_troubles"),
    *("test_e2e_openshift", "test_e2e_oidc", "test_ports_browser", "test_hub_browser"),
    *("test_e2e_load", "test_console_browser", "test_e2e_axe", "test_e2e_crowd"),
    *("test_view_connection", "test_e2e_ldap", "test_e2e_faults"),
)
_NAMED = re.compile(r'xdist_group\("(\w+)"\)')
_SHARES = re.compile(r"def test_\w+\([^)]*\b(?:release|pat)\b")


class Groups(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types of its own
    """Gives a worker a whole group."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0])


@functools.cache
def group(path: str) -> str:
    """The group of a file: the one that it names, that of the shared class, or its own."""
    text = (ROOT / path).read_text()
    if named := _NAMED.search(text):
        return named[1]
    return "class" if _SHARES.search(text) else path.rpartition("/")[2].removesuffix(".py")


def turn(path: str) -> int:
    """Where its group stands in the order of beginning."""
    found = group(path)
    return LONG.index(found) if found in LONG else len(LONG)
