"""JupyterHub, started as `python -m hub -f CONFIG`, in half the time.

jupyter_events asks jsonschema for every format there is. The one of international addresses has a
grammar compiled whenever it is imported (rfc3987_syntax.syntax_helpers), which takes longer than
all the rest of the hub together, and no schema of its events has such an address.
"""

import sys

sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # as if it were not installed

from jupyterhub.app import main  # noqa: E402

main()
