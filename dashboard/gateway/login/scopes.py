"""JupyterHub's scopes: whether what a visitor holds covers one of those that admit."""

from collections.abc import Iterable


def admits(required: Iterable[str], held: Iterable[str]) -> bool:
    """Whether any required scope is wholly held, directly or through a wider filter."""
    wanted, owned = list(required), set(held)
    unfiltered = {scope for scope in wanted if "!" not in scope}
    return any(_covered(scope, owned, unfiltered) for scope in wanted)


def _covered(scope: str, held: set[str], unfiltered: set[str]) -> bool:
    base, _, filter_ = scope.partition("!")
    if scope in held or base in held:
        return True
    kind, _, value = filter_.partition("=")
    # A scope required without a filter asks for all of its kind: a wider filter is not enough.
    if kind != "server" or base in unfiltered:
        return False
    owner = value.partition("/")[0]
    return f"{base}!user={owner}" in held
