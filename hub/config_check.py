"""`python -m hub.config_check`: whether the hub's configuration can be made, before it starts."""

import os
import sys

from traitlets.config import Config

from hub.configure import configure
from hub.settings import SettingsError


def main() -> int:
    """0 when it can; 1 with a sentence for each mistake when it cannot."""
    try:
        configure(Config(), os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
