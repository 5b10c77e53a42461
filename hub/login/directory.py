"""Questions to a directory of people, by LDAP, never without TLS.

`jupyterhub-ldapauthenticator` stands on the same library; it stops the hub while the directory is
asked, waits without end for one that does not answer, and trusts every certificate unless told.
"""

import re
import ssl
import unicodedata
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from ldap3 import SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

from hub.login.accounts import Account
from hub.login.names import is_foreign_name
from hub.login.troubles import LoginTrouble, unreachable
from hub.login.trust import trust
from hub.settings.ldap import LdapSettings

#: Seconds to connect, and for an answer: somebody waits for it.
CONNECT, ANSWER = 5, 10
#: A group lists its members by their place, or by their name.
MEMBERS = "(|(member={place})(uniqueMember={place})(memberUid={name}))"


class Directory:
    """One visit to a directory; whatever keeps it from answering is a LoginTrouble."""

    def __init__(self, s: LdapSettings) -> None:
        self._s = s
        self._url = urlsplit(s.url)
        self._tls = Verified(trust(s.ca))
        self._open: list[Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in self._open:
            connection.unbind()
        if isinstance(error, LDAPException):
            raise self._trouble(error) from None

    def account(self, typed: str) -> Account | None:
        """Who has the name, under the one name that the directory has for them."""
        s = self._s
        search = self._connection(s.search_dn, s.search_password)
        if not search.bind():
            raise self._refusal(search, "LDAP_SEARCH_DN", "LDAP_SEARCH_PASSWORD_FILE")
        found = self._search(
            search,
            "LDAP_PEOPLE",
            s.people,
            f"({s.name_attribute}={escape_filter_chars(typed)})",
            s.name_attribute,
        )
        if not found:
            return None
        names = [name for one in found for name in one["attributes"][s.name_attribute]]
        if len(names) != 1 or not is_foreign_name(names[0]):
            raise LoginTrouble(
                502,
                f"{self._url.netloc} has {len(found)} people with {len(names)} names for one"
                " login: LDAP_NAME_ATTRIBUTE must be something that each has once, and alone",
            )
        place = found[0]["dn"]
        return Account(meant(names[0]), self._groups(search, place, names[0]), place)

    def takes(self, place: str, password: str) -> bool:
        """Whether it is the password of who is at the place."""
        person = self._connection(place, password)
        if person.bind():
            return True
        if person.result["description"] != "invalidCredentials":
            raise self._refusal(person, "the account", "what the directory logs")
        return False

    def _groups(self, search: Connection, place: str, name: str) -> frozenset[str]:
        if not self._s.groups:
            return frozenset()
        told = {"place": escape_filter_chars(place), "name": escape_filter_chars(name)}
        wanted = MEMBERS.format(**told)
        found = self._search(search, "LDAP_GROUPS", self._s.groups, wanted, "cn")
        return frozenset(name for one in found for name in one["attributes"]["cn"])

    def _search(
        self, search: Connection, setting: str, base: str, wanted: str, attribute: str
    ) -> list[Any]:
        search.search(base, wanted, SUBTREE, attributes=[attribute])
        if search.result["description"] != "success":
            raise self._refusal(search, setting, "what LDAP_SEARCH_DN may see")
        # Referrals to other directories are among the answers; they would get our password.
        return [one for one in search.response if one["type"] == "searchResEntry"]

    def _connection(self, dn: str, password: str) -> Connection:
        secure = self._url.scheme == "ldaps"
        server = Server(
            self._url.hostname,
            self._url.port or (636 if secure else 389),
            use_ssl=secure,
            tls=self._tls,
            get_info=None,
            connect_timeout=CONNECT,
        )
        connection = Connection(
            server,
            dn or None,
            password or None,
            receive_timeout=ANSWER,
            auto_referrals=False,
            return_empty_attributes=True,
        )
        self._open.append(connection)
        connection.open()
        if not secure:
            connection.start_tls()
        return connection

    def _refusal(self, connection: Connection, what: str, check: str) -> LoginTrouble:
        said = connection.result["description"]
        logged = f"{self._url.netloc} refuses {what} ({said}): check {what} and {check}"
        return LoginTrouble(502, logged)

    def _trouble(self, error: LDAPException) -> LoginTrouble:
        words = re.search(r"\[Errno -?\d+\] ([^\]')]+)", str(error))
        reason = OSError(0, words[1] if words else "no answer")
        return unreachable(self._tls.failure or reason, self._s.url, "LDAP_URL", "LDAP_CA")


def meant(name: str) -> str:
    """The name in the one spelling that we use for it.

    A directory takes ADA and wide letters for ada, so no two people have names that differ in that.
    """
    return " ".join(unicodedata.normalize("NFKC", name).lower().split())


class Verified(Tls):  # type: ignore[misc] # untyped
    """TLS as Python checks it; `failure` is why it was refused."""

    failure: ssl.SSLError | None = None

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Shake hands, with the name of the server checked."""
        host = connection.server.host
        try:
            connection.socket = self._context.wrap_socket(connection.socket, server_hostname=host)
        except ssl.SSLError as error:
            self.failure = error
            raise
