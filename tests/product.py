"""The product as an operator starts it: `python -m hub.local` with a state folder of its own."""

import contextlib
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
PASSWORD = "copper-lantern"
ADMIN_PASSWORD = "instructor-only-" + "k" * 32


@dataclass
class Product:
    """A running product: its address, its state folder and the process that holds it."""

    process: subprocess.Popen[str]
    port: int
    state: Path
    url: str
    log: Path
    environ: Mapping[str, str] = field(repr=False, default_factory=dict)
    #: What trusts its certificate, where there is one.
    tls: ssl.SSLContext | bool = True

    def host(self, name: str) -> str:
        """The origin under which the session of `name` is served."""
        if self.environ.get("SUBDOMAINS") == "0":
            return f"http://127.0.0.1:{self.port}"
        return f"http://{name}.workshop.localhost:{self.port}"

    def home(self, name: str) -> str:
        """The address of the dashboard of `name`."""
        return f"{self.host(name)}/user/{name}/"

    def hub_log(self) -> str:
        """What the hub has logged."""
        return (self.state / "log" / "hub.log").read_text()

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(30)


@contextlib.contextmanager
def running_product(*, python: str = sys.executable, **environ: str) -> Iterator[Product]:
    """The product on a free port of loopback; what it printed is shown when it fails to start."""
    with tempfile.TemporaryDirectory(prefix="product-") as folder:
        port = free_port()
        state = Path(folder) / "state"
        log = Path(folder) / "log"
        settings = {
            "PORT": str(port),
            "PASSWORD": PASSWORD,
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
            "STATE": str(state),
            **environ,
        }
        with log.open("w") as sink:
            process = subprocess.Popen(
                [python, "-m", "hub.local"],
                cwd=ROOT,
                env=os.environ | settings,
                stdout=sink,
                stderr=subprocess.STDOUT,
                text=True,
            )
        product = Product(process, port, state, _opened(process, log), log, settings)
        try:
            yield product
        finally:
            product.stop()


def _opened(process: subprocess.Popen[str], log: Path, limit: float = 60) -> str:
    end = time.monotonic() + limit
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"Open (http://\S+)", log.read_text()):
            return found[1].rstrip("/")
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"the product did not start in {limit} s:\n{log.read_text()}")
