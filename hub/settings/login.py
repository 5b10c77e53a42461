"""Who gets in, and who says who they are; without a rule nobody does, and nothing starts."""

from dataclasses import dataclass, field
from pathlib import Path

from hub.login.events import Events
from hub.settings.ldap import LdapSettings, read_ldap
from hub.settings.oauth import OAuthSettings, read_oauth
from hub.settings.reader import Reader

_CLIENT = ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET_FILE")
#: Ways to log in, by what LOGIN is, each with the settings that it cannot do without.
WAYS = {
    "password": (),
    "openshift": ("OPENSHIFT_URL", *_CLIENT),
    "oidc": ("OAUTH_ISSUER", *_CLIENT),
    "oauth2": ("OAUTH_AUTHORIZE_URL", "OAUTH_TOKEN_URL", "OAUTH_USERINFO_URL", *_CLIENT),
    "github": _CLIENT,
    "ldap": ("LDAP_URL", "LDAP_PEOPLE"),
    "pam": (),
    "anonymous": (),
    "custom": ("EXTRA_CONFIG",),
}
#: Ways that let in whoever comes as they say; rules would be settings that do nothing.
WITHOUT_RULES = {
    "password": "who has the class password gets in",
    "anonymous": "everybody gets in",
    "custom": "EXTRA_CONFIG says who gets in",
}
RULES = ("ALLOWED_USERS", "ALLOWED_GROUPS", "ADMIN_USERS", "ADMIN_GROUPS")
#: Groups that everybody who can log in to a cluster is in.
EVERYBODY = frozenset({"system:authenticated", "system:authenticated:oauth"})
#: How everybody whom a provider knows is allowed, by way; nobody means everybody on GitHub.
FOR_EVERYBODY = {
    "openshift": "; for everybody of the cluster set ALLOWED_GROUPS=system:authenticated",
    "github": "",
}
ANYBODY = "*"
SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class LoginSettings:
    """The way to log in and its rules; secrets never show in its repr."""

    way: str
    #: Whether whoever the provider knows may log in.
    allows_everybody: bool
    allowed_users: frozenset[str]
    allowed_groups: frozenset[str]
    admin_users: frozenset[str]
    admin_groups: frozenset[str]
    recheck: int
    client_id: str
    client_secret: str = field(repr=False)
    ca: str
    openshift_url: str
    acts_as_user: bool
    oauth: OAuthSettings
    ldap: LdapSettings
    events_file: str

    @property
    def asks_password(self) -> bool:
        """Whether people log in with the class password."""
        return self.way == "password"

    @property
    def warning(self) -> str:
        """What whoever starts this should know; empty when there is nothing."""
        if self.allows_everybody:
            return f"WARNING: ALLOWED_USERS is *: everybody with a login by {self.way} may log in."
        everybody = sorted(self.allowed_groups & EVERYBODY)
        if not everybody:
            return ""
        return f"WARNING: ALLOWED_GROUPS has {everybody[0]}: everybody of the cluster may log in."


def read_login(read: Reader) -> LoginSettings:
    """Read them; what is wrong or missing is a mistake of the reader's."""
    names = read.names("ALLOWED_USERS")
    login = LoginSettings(
        way=read.choice("LOGIN", tuple(WAYS)),
        allows_everybody=ANYBODY in names,
        allowed_users=names - {ANYBODY},
        allowed_groups=read.names("ALLOWED_GROUPS"),
        admin_users=read.names("ADMIN_USERS"),
        admin_groups=read.names("ADMIN_GROUPS"),
        recheck=read.number("LOGIN_RECHECK", 1, 86400),
        client_id=read.text("OAUTH_CLIENT_ID"),
        client_secret=read.secret("OAUTH_CLIENT_SECRET"),
        ca=read.trust("OAUTH_CA"),
        openshift_url=read.address("OPENSHIFT_URL"),
        acts_as_user=read.choice("ACT_AS_USER", ("0", "1")) == "1",
        oauth=read_oauth(read),
        ldap=read_ldap(read),
        events_file=read.file("EVENTS_FILE"),
    )
    if login.way in WITHOUT_RULES:
        _check_no_rules(read, login.way)
    elif login.way in WAYS:
        _check_rules(read, login)
    _check_needs(read, login)
    _check_way(read, login)
    return login


def _check_no_rules(read: Reader, way: str) -> None:
    read.mistakes += [
        f"{name} is set, but with LOGIN={way} {WITHOUT_RULES[way]}: leave it out, or set LOGIN"
        for name in RULES
        if read.text(name)
    ]


def _check_rules(read: Reader, login: LoginSettings) -> None:
    if not (login.allows_everybody or login.allowed_users or login.allowed_groups):
        everybody = FOR_EVERYBODY.get(login.way, "; for everybody set ALLOWED_USERS=*")
        read.mistakes.append(
            "ALLOWED_USERS and ALLOWED_GROUPS are empty, so nobody could log in: name who may"
            + everybody
        )
    if login.allows_everybody and login.way in FOR_EVERYBODY:
        words = FOR_EVERYBODY[login.way]
        read.mistakes.append(f"ALLOWED_USERS is * with LOGIN={login.way}: name who may{words}")
    if login.way == "ldap" and login.allowed_groups | login.admin_groups and not login.ldap.groups:
        read.mistakes.append("LDAP_GROUPS is not set: ALLOWED_GROUPS and ADMIN_GROUPS need it")


def _check_needs(read: Reader, login: LoginSettings) -> None:
    told = " ".join(read.mistakes)
    read.mistakes += [
        f"{name} is not set: LOGIN={login.way} needs it"
        for name in WAYS.get(login.way, ())
        if not read.given(name) and name not in told
    ]


def _check_way(read: Reader, login: LoginSettings) -> None:
    if login.acts_as_user and login.client_id.startswith(SERVICE_ACCOUNT):
        read.mistakes.append(
            "ACT_AS_USER is 1, but OAUTH_CLIENT_ID is a service account, which may not ask for"
            " that: register an OAuthClient"
        )
    if bool(login.ldap.search_dn) != bool(login.ldap.search_password):
        read.mistakes.append(
            "LDAP_SEARCH_DN and LDAP_SEARCH_PASSWORD_FILE: one is set without the other"
        )
    if login.way == "pam" and read.text("PODS_FILE"):
        read.mistakes.append("LOGIN is 'pam': accounts of one machine are no use on a cluster")
    if login.way == "anonymous" and read.text("MAX_SESSIONS") == "0":
        read.mistakes.append("MAX_SESSIONS is 0: with LOGIN=anonymous expected a limit")
    if login.events_file and login.way != "password":
        read.mistakes.append(f"EVENTS_FILE is set, but with LOGIN={login.way} it is not read")
    elif login.events_file:
        events = Events(Path(login.events_file))
        events.all()
        read.mistakes += [f"EVENTS_FILE: {mistake}" for mistake in events.mistakes]
