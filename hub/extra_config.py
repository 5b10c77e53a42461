"""The operator's own JupyterHub configuration, which has the last word."""

import traceback
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from traitlets.utils.importstring import import_item

from hub.pages.routes import handlers
from hub.settings import SettingsError


class WithOurPages:
    """Adds our pages to those of somebody else's authenticator."""

    def get_handlers(self, app: Any) -> list[tuple[Any, ...]]:
        """Its own and ours; all come before JupyterHub's."""
        return [*super().get_handlers(app), *handlers()]  # type: ignore[misc] # the other class's


def add_extra_config(c: Any, path: str) -> None:
    """Run the file with `c`; SettingsError with file and line when that fails."""
    ours = c.JupyterHub.authenticator_class
    try:
        code = compile(Path(path).read_bytes(), path, "exec")
        exec(code, {"c": c, "get_config": lambda: c, "__file__": path, "__name__": "extra_config"})
    except SyntaxError as error:
        raise SettingsError([f"EXTRA_CONFIG: {path}:{error.lineno}: {error.msg}"]) from None
    except Exception as error:
        steps = traceback.extract_tb(error.__traceback__)
        lines = [step.lineno for step in steps if step.filename == path]
        words = (str(error).splitlines() or [""])[0]
        where = f"{path}:{lines[-1]}" if lines else path
        raise SettingsError([f"EXTRA_CONFIG: {where}: {type(error).__name__}: {words}"]) from None
    chosen = c.JupyterHub.authenticator_class
    if chosen is not ours:
        kind = _authenticator(chosen)
        c.JupyterHub.authenticator_class = type(kind.__name__, (WithOurPages, kind), {})


def _authenticator(chosen: Any) -> Any:
    """The class that was named as JupyterHub lets one name it."""
    if not isinstance(chosen, str):
        return chosen
    known = {one.name.lower(): one for one in entry_points(group="jupyterhub.authenticators")}
    try:
        return known[chosen.lower()].load() if chosen.lower() in known else import_item(chosen)
    except (ImportError, ValueError) as error:
        words = f"JupyterHub.authenticator_class is {chosen!r}: {error}"
        raise SettingsError([f"EXTRA_CONFIG: {words}"]) from None
