"""Who gets in, and who says who they are; without a rule nobody does, and nothing starts."""

from dataclasses import dataclass, field

from hub.settings.reader import Reader, is_https, is_trust

#: Ways to log in, by what LOGIN is.
WAYS = ("password", "openshift")
RULES = ("ALLOWED_USERS", "ALLOWED_GROUPS", "ADMIN_USERS", "ADMIN_GROUPS")
#: Groups that everybody who can log in to a cluster is in.
EVERYBODY = frozenset({"system:authenticated", "system:authenticated:oauth"})
SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class LoginSettings:
    """The way to log in and its rules; secrets never show in its repr."""

    way: str
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

    @property
    def asks_password(self) -> bool:
        """Whether people log in with the class password."""
        return self.way == "password"

    @property
    def warning(self) -> str:
        """What whoever starts this should know; empty when there is nothing."""
        everybody = sorted(self.allowed_groups & EVERYBODY)
        if not everybody:
            return ""
        return f"WARNING: ALLOWED_GROUPS has {everybody[0]}: everybody of the cluster may log in."


def read_login(read: Reader) -> LoginSettings:
    """Read them; what is wrong or missing is a mistake of the reader's."""
    ca = read.file("OAUTH_CA")
    if ca and not is_trust(ca):
        read.mistakes.append(f"OAUTH_CA is {ca[:80]!r}: expected a file of PEM certificates")
    login = LoginSettings(
        way=read.choice("LOGIN", WAYS),
        allowed_users=read.names("ALLOWED_USERS"),
        allowed_groups=read.names("ALLOWED_GROUPS"),
        admin_users=read.names("ADMIN_USERS"),
        admin_groups=read.names("ADMIN_GROUPS"),
        recheck=read.number("LOGIN_RECHECK", 1, 86400),
        client_id=read.text("OAUTH_CLIENT_ID"),
        client_secret=read.secret("OAUTH_CLIENT_SECRET"),
        ca=ca,
        openshift_url=_address(read, "OPENSHIFT_URL"),
        acts_as_user=read.choice("ACT_AS_USER", ("0", "1")) == "1",
    )
    if login.way == "password":
        _check_password(read)
    elif login.way in WAYS:
        _check_rules(read, login)
        _check_client(read, login)
    return login


def _address(read: Reader, name: str) -> str:
    return read.checked(name, is_https, "an address that begins with https://").rstrip("/")


def _check_password(read: Reader) -> None:
    for name in RULES:
        if read.text(name):
            read.mistakes.append(
                f"{name} is set, but with LOGIN=password who has the class password gets in:"
                " leave it out, or set LOGIN"
            )


def _check_rules(read: Reader, login: LoginSettings) -> None:
    if not login.allowed_users and not login.allowed_groups:
        read.mistakes.append(
            "ALLOWED_USERS and ALLOWED_GROUPS are empty, so nobody could log in: name who may; for"
            " everybody of the cluster set ALLOWED_GROUPS=system:authenticated"
        )


def _check_client(read: Reader, login: LoginSettings) -> None:
    needed = {
        "OPENSHIFT_URL": login.openshift_url,
        "OAUTH_CLIENT_ID": login.client_id,
        "OAUTH_CLIENT_SECRET_FILE": login.client_secret,
    }
    told = " ".join(read.mistakes)
    read.mistakes += [
        f"{name} is not set: LOGIN={login.way} needs it"
        for name, value in needed.items()
        if not value and name not in told
    ]
    if login.acts_as_user and login.client_id.startswith(SERVICE_ACCOUNT):
        read.mistakes.append(
            "ACT_AS_USER is 1, but OAUTH_CLIENT_ID is a service account, which may not ask for"
            " that: register an OAuthClient"
        )
