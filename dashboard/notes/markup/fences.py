"""What the words after a code fence's marks ask for: a language, or something to click on."""

import re
from dataclasses import dataclass

KINDS = {
    "execute": "execute",
    "copy": "copy",
    "copypaste": "copy",
    "copy-and-edit": "copy-and-edit",
}
#: Homeroom's words, each standing first and alone.
HOMEROOM = {
    **{word: (kind, "1") for word, kind in KINDS.items()},
    **{f"execute-{number}": ("execute", str(number)) for number in (1, 2, 3)},
}
MEANT_AS_ACTION = re.compile(r"(execute|copy|copypaste)([-_].*)?$")
NUMBERED = re.compile(r"execute-([123])$")
ATTRIBUTE = re.compile(r"""([\w-]+)=("[^"]*"|'[^']*'|\S+)""")
TERMINAL = re.compile(r"[a-z0-9-]{1,32}$")
NAME = re.compile(r"[a-z][a-z0-9-]{0,63}$")


@dataclass(frozen=True)
class Ask:
    """A fence's meaning; no kind means code to read only. `wrong` tells what is not understood."""

    language: str = ""
    kind: str = ""
    terminal: str = "1"
    name: str = ""
    wrong: tuple[str, ...] = ()


def homeroom(info: str) -> Ask:
    """Return what Homeroom does with a fence: the first word is an action or a language."""
    word = info.split()[0] if info.split() else ""
    if word in HOMEROOM:
        kind, terminal = HOMEROOM[word]
        return Ask(kind=kind, terminal=terminal)
    wrong = (f"`{word}` is not known, the block is not clickable",)
    return Ask(language=word, wrong=wrong if MEANT_AS_ACTION.match(word) else ())


def native(info: str) -> Ask:
    """Return what a fence of ours means: [language] [action] [name=value ...]."""
    attributes = {match[1]: match[2].strip("\"'") for match in ATTRIBUTE.finditer(info)}
    words = ATTRIBUTE.sub(" ", info).split()
    found = next((word for word in words[:2] if MEANT_AS_ACTION.match(word)), "")
    language = words[0] if words and words[0] != found else ""
    if not found:
        return Ask(language=language)
    numbered = NUMBERED.match(found)
    kind = "execute" if numbered else KINDS.get(found, "")
    terminal = attributes.pop("terminal", numbered[1] if numbered else "1")
    name = attributes.pop("name", "")
    wrong = []
    if not kind:
        expected = "execute, execute-1, execute-2, execute-3, copy or copy-and-edit"
        wrong.append(f"`{found}` is not known; expected {expected}")
    if not TERMINAL.match(terminal):
        wrong.append(f"`terminal={terminal}` must be of the letters a-z, digits and dashes")
    if name and not NAME.match(name):
        wrong.append(
            f"`name={name}` must begin with a letter, of the letters a-z, digits and dashes"
        )
    wrong += [f"`{key}=` is not known here; known are: name, terminal" for key in attributes]
    extra = [word for word in words if word not in (language, found)]
    wrong += [f"`{word}` is not known here" for word in extra]
    return Ask(language, "" if wrong else kind, terminal, name, tuple(wrong))


def nearly(info: str) -> list[tuple[str, str]]:
    """Return the words of a fence of ours that are one slip away from an action, with that."""
    words = ATTRIBUTE.sub(" ", info).split()[:2]
    found = ((word, action) for word in words for action in HOMEROOM if _one_slip(word, action))
    return list({word: (word, action) for word, action in found}.values())


def _one_slip(word: str, meant: str) -> bool:
    """Say whether a letter more, less, wrong or swapped, or its case, is all the difference."""
    one, two = word.lower(), meant
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return max(len(one), len(two)) <= 1 or (len(one) == 2 and one == two[::-1])
