"""A router in front of a cluster: Traefik, with TLS, for any host names."""

import contextlib
import datetime
import http.client
import ipaddress
import json
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port
from tests.waiting import until


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate and its key, as files."""

    certificate: Path
    key: Path

    @classmethod
    def made(cls, folder: Path, *names: str) -> "Certificate":
        """For these host names, valid for a day."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        now = datetime.datetime.now(datetime.UTC)
        alternatives = [x509.DNSName(each) for each in names]
        loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([*alternatives, loopback]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        found = cls(folder / "tls.crt", folder / "tls.key")
        found.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        found.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return found


@dataclass
class Router:
    """A running Traefik; `serve` says which hosts go where, now."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def serve(self, name: str, rule: str, backend: str) -> None:
        """Send requests that fit the rule to the backend's address."""
        routing = {
            "http": {
                "routers": {name: {"rule": rule, "service": name, "tls": {}}},
                "services": {name: {"loadBalancer": {"servers": [{"url": backend}]}}},
            }
        }
        new = self.folder / f".{name}"
        new.write_text(json.dumps(routing))
        new.replace(self.folder / f"{name}.yaml")

    def drop(self, name: str) -> None:
        """Serve it no more."""
        (self.folder / f"{name}.yaml").unlink(missing_ok=True)


@contextlib.contextmanager
def running_router(program: str, folder: Path, certificate: Certificate) -> Iterator[Router]:
    """Traefik on a free port of loopback, with the certificate for every host."""
    rules = folder / "rules"
    rules.mkdir()
    port = free_port()
    pair = {"certFile": str(certificate.certificate), "keyFile": str(certificate.key)}
    tls = {"stores": {"default": {"defaultCertificate": pair}}, "certificates": [pair]}
    (rules / "tls.yaml").write_text(json.dumps({"tls": tls}))
    log = folder / "router.log"
    command = [
        program,
        f"--entrypoints.web.address=127.0.0.1:{port}",
        # As OpenShift's: what a visitor says of addresses stays, and the seen one is put behind it.
        "--entrypoints.web.forwardedheaders.insecure=true",
        f"--providers.file.directory={rules}",
        "--providers.file.watch=true",
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        yield Router(port, rules, process)
    finally:
        process.terminate()
        process.wait(20)


def when_routed(port: int, host: str, path: str, limit: float = 60) -> None:
    """Return once the router answers 200 for the host."""

    def answers() -> bool:
        trusting = ssl._create_unverified_context()
        there = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=trusting)
        try:
            there.request("GET", path, headers={"Host": f"{host}:{port}"})
            return there.getresponse().status == 200
        except OSError:
            time.sleep(0.1)
            return False
        finally:
            there.close()

    until(answers, what=f"{host}{path} through the router", limit=limit, every=0.1)
