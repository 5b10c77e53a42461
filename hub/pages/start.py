"""The first page where nobody needs a name: one button, and a way for the instructor."""

from typing import Any

from hub.pages.login import LoginPage


class StartPage(LoginPage):
    """Starts a session of one's own; the name is made up."""

    def render_template(self, name: str, **context: Any) -> Any:
        """Our page in place of the one that asks for a name."""
        return super().render_template("start.html" if name == "login.html" else name, **context)
