"""A certificate authority of one test, and the certificate it gave a server on loopback."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = [
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
]


@dataclass(frozen=True)
class Authority:
    """Files of the authority's certificate, and of the server's certificate and key."""

    ca: Path
    certificate: Path
    key: Path

    @classmethod
    def made(cls, folder: Path, address: str = "127.0.0.1") -> "Authority":
        """A fresh authority that nothing else trusts, valid for a day; its server is there too."""
        folder.mkdir(parents=True, exist_ok=True)
        made = cls(folder / "ca.crt", folder / "tls.crt", folder / "tls.key")
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = _name(f"Authority {x509.random_serial_number()}")
        signed = _builder(root, root, root_key.public_key(), ca=True)
        made.ca.write_bytes(
            signed.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        leaf = _builder(_name("localhost"), root, key.public_key(), ca=False).add_extension(
            x509.SubjectAlternativeName(
                list({*LOOPBACK, x509.IPAddress(ipaddress.ip_address(address))})
            ),
            critical=False,
        )
        made.certificate.write_bytes(
            leaf.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        made.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return made

    def serving(self) -> ssl.SSLContext:
        """What a server needs to show the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def trusting(self) -> ssl.SSLContext:
        """What a client needs to trust the authority, and nobody else."""
        return ssl.create_default_context(cafile=str(self.ca))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:60])])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, ca: bool
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
