"""Where a directory of people is, and where in it they are."""

from dataclasses import dataclass, field

from hub.settings.reader import Reader, is_ldap


@dataclass(frozen=True)
class LdapSettings:
    """The directory, and the account that searches it; its password never shows in the repr."""

    url: str
    ca: str
    people: str
    name_attribute: str
    groups: str
    search_dn: str
    search_password: str = field(repr=False)


def read_ldap(read: Reader) -> LdapSettings:
    """Read them; what is wrong is a mistake of the reader's."""
    return LdapSettings(
        url=read.checked("LDAP_URL", is_ldap, "such as ldaps://ldap.example.com"),
        ca=read.trust("LDAP_CA"),
        people=read.text("LDAP_PEOPLE"),
        name_attribute=read.text("LDAP_NAME_ATTRIBUTE"),
        groups=read.text("LDAP_GROUPS"),
        search_dn=read.text("LDAP_SEARCH_DN"),
        search_password=read.secret("LDAP_SEARCH_PASSWORD"),
    )
