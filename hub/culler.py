"""`python -m hub.culler`: JupyterHub's idle culler, which ends when its hub does.

A hub that was killed cannot end its services, and the hub started in its place starts them anew.
"""

import signal

from hub.processes import LIBC, PR_SET_PDEATHSIG, hide_memory


def main() -> None:
    """Cull until the hub is gone; the options are the culler's own."""
    hide_memory()
    LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    from jupyterhub_idle_culler import IdleCuller

    IdleCuller.launch_instance()


if __name__ == "__main__":
    main()
