"""The fenced blocks of one chapter: what each means, its HTML, and what is wrong with it."""

from dataclasses import dataclass, field

from dashboard.notes.markup import actions, fences
from dashboard.notes.markup.code import Painter, is_language
from dashboard.notes.markup.leaves import Leaf
from dashboard.notes.report import Report
from dashboard.notes.variables import Variables
from dashboard.notes.workshop import Action

#: A tab typed into a shell asks for completion; this many spaces stand for it instead.
TAB = 4


@dataclass
class Blocks:
    """Turns fences into HTML in the order they stand in, and collects the actions."""

    file: str
    variables: Variables
    report: Report
    actions: list[Action] = field(default_factory=list)
    _painter: Painter = field(default_factory=Painter)

    def to_html(self, leaf: Leaf) -> str:
        """Return a fence's HTML: an action when it asks for one, otherwise a listing."""
        if not leaf.closed:
            self.report.doubt(self.file, leaf.line, "this code block is never closed")
        info = leaf.info or ""
        ask = fences.native(info) if self.report.strict else fences.homeroom(info)
        for wrong in ask.wrong:
            self.report.doubt(self.file, leaf.line, wrong)
        for word, meant in fences.nearly(info) if self.report.strict and not ask.kind else ():
            if not ask.wrong and not is_language(word):
                message = f"`{word}` is not known; `{meant}` would make this block clickable"
                self.report.warn(self.file, leaf.line, message)
        text, unseen = actions.plain(self.variables.replace(leaf.text))
        if unseen:
            message = f"characters nobody can see were left out: {', '.join(unseen)}"
            self.report.warn(self.file, leaf.line, message)
        if not ask.kind:
            return self._painter.to_html(text.rstrip("\n") + "\n", ask.language)
        action = self._action(ask, text.strip(), leaf.line)
        return actions.to_html(action) if action else ""

    def _action(self, ask: fences.Ask, text: str, line: int) -> Action | None:
        if not text:
            self.report.doubt(self.file, line, f"this {ask.kind} block is empty")
            return None
        if ask.kind == "execute" and "\t" in text:
            self.report.warn(self.file, line, "tabs become spaces: a shell would complete at them")
            text = text.expandtabs(TAB)
        name = f"action-{ask.name or len(self.actions) + 1}"
        if ask.name and any(action.id == name for action in self.actions):
            self.report.doubt(self.file, line, f"`name={ask.name}` is given twice in this chapter")
        kind = actions.kind_of(ask.kind, text)
        self.actions.append(Action(kind, text, ask.terminal, name, line))
        return self.actions[-1]
