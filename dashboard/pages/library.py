"""The workshop that the pages show, or the mistakes that keep it from being shown."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from dashboard.pages.config import PagesConfig

if TYPE_CHECKING:
    from dashboard.notes import Chapter, Mistake, Workshop


_log = logging.getLogger(__name__)


@dataclass
class Library:
    """Holds what was loaded: a workshop, or else at least one mistake."""

    config: PagesConfig
    workshop: "Workshop | None" = None
    mistakes: "tuple[Mistake, ...]" = ()
    code_seen: bool = False  # whoever logs in from another browser has just typed it

    @classmethod
    def opened(cls, config: PagesConfig) -> Self:
        """A library whose workshop has been read; an author's mistakes are kept, not raised."""
        library = cls(config)
        library.load()
        return library

    def ready(self) -> bool:
        """Whether attendees or their author have something to look at."""
        return self.workshop is not None or bool(self.mistakes)

    def outside(self, tab: str) -> str:
        """The address that a tab of the workshop shows of others; nothing for any other tab."""
        tabs = self.workshop.tabs if self.workshop else ()
        return next((one.at for one in tabs if one.id == tab and one.kind == "url"), "")

    def brought(self) -> tuple[tuple[Mapping[str, Any], ...], tuple[str, ...]]:
        """What the workshop wants in the session's project, and the mistakes in saying so.

        Each `object` with its `place`: the file and the line where it begins.
        """
        if self.workshop is None:
            return (), ()
        wrong = (one for one in self.workshop.warnings if one.file.endswith("session.yaml"))
        objects = self.workshop.objects
        return tuple({"place": one.place, "object": one.value} for one in objects), tuple(
            f"{one.file}:{one.line}: {one.message}" for one in wrong
        )

    def load(self) -> None:
        """Read the workshop; afterwards there is either a workshop or mistakes, all logged."""
        # Markdown and its helpers are the slowest imports of a session: only here, not by name.
        from dashboard.notes import Mistake, WorkshopError, load

        config = self.config
        try:
            self.workshop = load(
                config.workshop_dir,
                config.variables,
                asset_url=f"{config.prefix}assets/",
                chapter_url=f"{config.prefix}chapters/",
                tab_url=f"{config.prefix}tabs/",
                operator_tabs=config.operator_tabs,
            )
            self.mistakes = ()
        except WorkshopError as error:
            self.mistakes = error.mistakes
        except OSError as error:
            self.mistakes = (Mistake(str(error.filename or ""), 0, error.strerror or str(error)),)
        for mistake in self.workshop.warnings if self.workshop else self.mistakes:
            _log.warning("%s", mistake)

    def chapter(self, slug: str) -> "Chapter | None":
        """The chapter of that name, if the workshop has it."""
        chapters = self.workshop.chapters if self.workshop else ()
        return next((chapter for chapter in chapters if chapter.slug == slug), None)
