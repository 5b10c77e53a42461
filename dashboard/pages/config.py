"""What the pages need to know, handed over by the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class PagesConfig:
    """One session's pages; `hub_url` ends in /hub/ and is empty in an author's preview."""

    workshop_dir: Path
    prefix: str
    user: str
    terminal_view: str
    hub_url: str
    personal_code: str = field(repr=False)
    node_modules: Path
    variables: Mapping[str, str]
    #: Tabs of the operator's, as in WORKSHOP_TABS.
    operator_tabs: str = ""
    #: Whether the shells act by a token that its owner has to renew.
    own_token: bool = False
    #: Where the web console lies, on our origin or elsewhere, and where it opens; empty for none.
    console_root: str = ""
    console_page: str = ""
