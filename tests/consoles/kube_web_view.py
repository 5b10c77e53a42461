"""Starts kube-web-view as the sidecar of a session: on loopback, below a path, by a given token."""

import functools
import os
import sys
from pathlib import Path

import aiohttp.web
import kube_web.main
import yaml

FOLDER = Path("/tmp/console")


def main(environ: "os._Environ[str]") -> None:
    """Write what it is to read, and hand over."""
    FOLDER.mkdir(exist_ok=True)
    given = yaml.safe_load(Path(environ["KUBECONFIG"]).read_text())
    for user in given["users"]:
        user["user"] = {"token": environ["CONSOLE_TOKEN"]}
    kubeconfig = FOLDER / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(yaml.safe_dump(given))
    # Its links begin at the root of an origin, and it knows no option for that.
    templates = Path(kube_web.main.__file__).parent / "templates"
    for template in templates.rglob("*.html"):
        text = template.read_text()
        for name in ("href", "src", "action"):
            text = text.replace(f'{name}="/', f'{name}="{environ["BASE_PATH"]}')
        (FOLDER / template.relative_to(templates)).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / template.relative_to(templates)).write_text(text)
    # Nor for the address it listens on.
    aiohttp.web.run_app = functools.partial(aiohttp.web.run_app, host="127.0.0.1")
    kube_web.main.main(
        [
            f"--port={environ['CONSOLE_PORT']}",
            f"--kubeconfig-path={kubeconfig}",
            f"--templates-path={FOLDER}",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(os.environ))
