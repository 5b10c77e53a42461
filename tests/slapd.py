"""A real OpenLDAP server, as Debian's package `slapd` has it, on loopback with TLS; not as root."""

import contextlib
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from ldap3 import MODIFY_DELETE, NONE, Connection, Server, Tls

from hub.ready import accepts
from tests.openshift.authority import Authority
from tests.ports import free_port
from tests.waiting import until

#: Debian keeps it where only root's PATH leads.
PROGRAMS = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
SEARCHER = "cn=hub,dc=example,dc=com"
ROOT, ROOT_PASSWORD = "cn=root,dc=example,dc=com", "of-the-administrator"
SEARCHER_PASSWORD = "of-the-account-that-searches"
CONFIG = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
security simple_bind=128
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{searcher}" read by * none
database mdb
suffix dc=example,dc=com
directory {folder}/data
rootdn {root}
rootpw {root_password}
"""
ENTRIES = """\
dn: dc=example,dc=com
objectClass: domain
dc: example

dn: cn=hub,dc=example,dc=com
objectClass: person
cn: hub
sn: hub
userPassword: of-the-account-that-searches

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups
"""
PERSON = """
dn: cn={place},ou=people,dc=example,dc=com
objectClass: inetOrgPerson
cn: {place}
sn: {place}
userPassword: {place}-password
"""


@dataclass
class Slapd:
    """A running server and its people, each with the password NAME-password."""

    url: str
    url_plain: str
    authority: Authority
    process: subprocess.Popen[bytes]

    def leave(self, group: str, place: str) -> None:
        """Take somebody out of a group."""
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(self.authority.ca))
        server = Server(self.url, tls=tls, get_info=NONE)
        with Connection(server, ROOT, ROOT_PASSWORD) as admin:
            member = f"cn={place},ou=people,dc=example,dc=com"
            where = f"cn={group},ou=groups,dc=example,dc=com"
            assert admin.modify(where, {"member": [(MODIFY_DELETE, [member])]}), admin.result

    def stop(self) -> None:
        """Let it go away, as in an outage."""
        self.process.terminate()
        self.process.wait(10)


def person(place: str, *names: str) -> str:
    """An entry whose names (`uid`) are these."""
    return PERSON.format(place=place) + "".join(f"uid: {name}\n" for name in names)


def group(name: str, *places: str) -> str:
    """A group of these people."""
    members = "".join(f"member: cn={one},ou=people,dc=example,dc=com\n" for one in places)
    head = f"\ndn: cn={name},ou=groups,dc=example,dc=com\nobjectClass: groupOfNames\ncn: {name}\n"
    return head + members


@contextlib.contextmanager
def running_slapd(folder: Path, entries: str) -> Iterator[Slapd]:
    """The server with these entries; tests are skipped where it is not installed."""
    tools = {name: shutil.which(name, path=PROGRAMS) for name in ("slapd", "slapadd")}
    if not all(tools.values()):
        pytest.skip("no OpenLDAP server here: apt install slapd")
    authority = Authority.made(folder / "tls")
    (folder / "data").mkdir()
    config = folder / "slapd.conf"
    told = {"folder": folder, "certificate": authority.certificate, "key": authority.key}
    root = {"root": ROOT, "root_password": ROOT_PASSWORD}
    config.write_text(CONFIG.format(searcher=SEARCHER, **told, **root))
    slapadd = [str(tools["slapadd"]), "-f", str(config)]
    subprocess.run(slapadd, input=(ENTRIES + entries).encode(), check=True, capture_output=True)
    ports = free_port(), free_port()
    urls = f"ldaps://localhost:{ports[0]}", f"ldap://localhost:{ports[1]}"
    command = [str(tools["slapd"]), "-f", str(config), "-h", " ".join(urls), "-d", "0"]
    process = subprocess.Popen(command)
    try:
        until(lambda: accepts(("127.0.0.1", ports[0])), what="slapd")
        yield Slapd(*urls, authority, process)
    finally:
        process.terminate()
        process.wait(10)


def settings_of(slapd: Slapd) -> Mapping[str, str]:
    """What differs from the README's example: where the server is, and whom it is signed by."""
    return {"LDAP_URL": slapd.url, "LDAP_CA": str(slapd.authority.ca)}
