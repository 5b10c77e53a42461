"""Clickable blocks: text that shows everything it sends, and the HTML of its buttons."""

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from dashboard.notes.workshop import Action

INTERRUPT = re.compile(r"<ctrl[-+]c>$", re.IGNORECASE)
#: Characters that show nothing, or show text in another order than it is sent.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: Spaces that a shell does not take for one.
ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def plain(text: str) -> tuple[str, list[str]]:
    """Return the text without anything unseen, and the code points that were left out."""
    found = sorted({f"U+{ord(char):04X}" for char in UNSEEN.findall(text)})
    return ODD_SPACE.sub(" ", UNSEEN.sub("", text)), found


def kind_of(kind: str, text: str) -> str:
    """Return the action's kind; an execute block of <ctrl-c> alone interrupts."""
    return "interrupt" if kind == "execute" and INTERRUPT.match(text) else kind


def to_html(action: Action) -> str:
    """Return the block's HTML; its text is what is run, character by character."""
    block = Element("div", {"class": "action", "data-action": action.kind})
    if action.kind in ("execute", "interrupt"):
        block.set("data-terminal", action.terminal)
    block.set("id", action.id)
    text_id = f"{action.id}-text"
    text = SubElement(block, "pre", {"class": "action-text", "id": text_id})
    SubElement(text, "code").text = action.text
    bar = SubElement(block, "div", {"class": "action-bar"})
    for style, label in _buttons(action):
        attributes = {"type": "button", "class": style, "aria-describedby": text_id}
        SubElement(bar, "button", attributes).text = label
    SubElement(bar, "span", {"class": "action-state", "role": "status"})
    return tostring(block, encoding="unicode", method="html")


def _buttons(action: Action) -> list[tuple[str, str]]:
    place = "" if action.terminal == "1" else f" in terminal {action.terminal}"
    if action.kind == "execute":
        return [("action-run", f"Run{place}"), ("action-copy", "Copy")]
    if action.kind == "interrupt":
        return [("action-run", f"Interrupt{place}")]
    return [("action-copy", "Copy and edit" if action.kind == "copy-and-edit" else "Copy")]
