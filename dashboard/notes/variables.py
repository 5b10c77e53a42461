"""Values for %name%: where they come from, and how they get into a page as data."""

import re
from collections.abc import Callable, Iterable, Mapping

from dashboard.notes.folder import CONTROL
from dashboard.notes.workshop import Variable

#: Names that belong to the session: a workshop cannot declare them away.
BUILT_IN: tuple[str, ...] = ("base_url", "console_url", "slides_url", "terminal_url")
BUILT_IN += ("username", "project_namespace", "session_account", "sessions_namespace")
BUILT_IN += ("cluster_subdomain", "image_registry")
#: A session's variable of such a name stays out of pages unless the workshop declares it.
SECRET = re.compile(r"token|secret|passw|credential|private_?key|api_?key", re.IGNORECASE)
#: The hub's own secrets stay out of pages whatever a workshop declares.
HUBS_OWN = re.compile(r"(JUPYTERHUB|JPY|CONFIGPROXY)_.*(TOKEN|SECRET|KEY)", re.IGNORECASE)
#: What looks like a variable to a reader; shorter ones are date's and printf's formats.
LOOKS_LIKE_ONE = re.compile(r"%([A-Za-z_][A-Za-z0-9_]{2,63})%")
#: A value may name further variables this many times over, and may not grow beyond this.
DEEPEST = 5
LONGEST = 16_384


def resolve(declared: Iterable[Variable], session: Mapping[str, str]) -> dict[str, str]:
    """Return the values pages may show: declared ones, and the session's that are no secrets."""
    offered = {name: value for name, value in session.items() if not HUBS_OWN.match(name)}
    values = {name: value for name, value in offered.items() if not SECRET.search(name)}
    for variable in declared:
        values[variable.name] = _value(variable, offered)
    return {name: CONTROL.sub("", value) for name, value in _expand(values).items()}


def _value(variable: Variable, session: Mapping[str, str]) -> str:
    if variable.name in BUILT_IN and variable.name in session:
        return session[variable.name]
    for name in (*variable.aliases, variable.name):
        if name in session:
            return session[name]
    return variable.value


def _expand(values: dict[str, str]) -> dict[str, str]:
    """Return the values with the variables inside them replaced, a bounded number of times."""
    for _ in range(DEEPEST):
        replace = Variables(values).replace
        grown = {
            name: longer if len(longer := replace(value)) <= LONGEST else value
            for name, value in values.items()
        }
        if grown == values:
            break
        values = grown
    return values


#: What may stand before a variable that is part of a host name, and what its value then is.
IN_A_HOST = re.compile(r"https?://[-\w.]*$", re.IGNORECASE)
LONGEST_HOST = 300
PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


class Variables:
    """Puts values in the place of %name%; a name it does not know stays as it is written."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._names = list(self._values)
        self._index = {name: number for number, name in enumerate(self._names)}
        names = "|".join(re.escape(name) for name in self._names if name)
        self._known = re.compile(f"%({names})%") if names else re.compile(r"(?!)")
        self._token = re.compile(r"\ue000([0-9]+)\ue001|https://([0-9]+)\.variable\.invalid")

    def value(self, name: str) -> str:
        """Return a variable's value, or nothing when there is no such variable."""
        return self._values.get(name, "")

    def unknown(self, text: str) -> list[str]:
        """Return the names in `text` that look like variables and that no session knows."""
        found = LOOKS_LIKE_ONE.findall(text)
        return [name for name in found if name not in self._values and name not in BUILT_IN]

    def replace(self, text: str) -> str:
        """Return the text with values in it, as plain text."""
        return self._known.sub(lambda match: self._values[match[1]], text)

    def hide(self, text: str) -> str:
        """Return the text with a token for each variable, which no markup can take for its own."""

        def hidden(match: re.Match[str]) -> str:
            before = text[max(0, match.start() - LONGEST_HOST) : match.start()]
            value = self._values[match[1]]
            # A part of a host name is one already; a token would end a bare address before it.
            if IN_A_HOST.search(before) and PLAIN.fullmatch(value):
                return value
            return self._token_for(match[1])

        return self._known.sub(hidden, text)

    def show(self, text: str, escape: Callable[[str], str] = str) -> str:
        """Return the text with values, escaped, where `hide` had put tokens."""
        return self._put(text, lambda name: escape(self._values[name]))

    def name(self, text: str) -> str:
        """Return the text with %name% where `hide` had put tokens, as the author wrote it."""
        return self._put(text, lambda name: f"%{name}%")

    def _put(self, text: str, put: Callable[[str], str]) -> str:
        def shown(token: re.Match[str]) -> str:
            number = int(token[1] or token[2])
            return put(self._names[number]) if number < len(self._names) else token[0]

        return self._token.sub(shown, text)

    def _token_for(self, name: str) -> str:
        # Web addresses get a token that looks like one, so that bare ones still become links.
        number = self._index[name]
        is_address = re.match("https?://", self._values[name])
        return f"https://{number}.variable.invalid" if is_address else f"\ue000{number}\ue001"
