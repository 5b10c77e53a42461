"""The variables the hub reads, each with its default and a word on what it is for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One variable: its name, what holds without it, and what it is for."""

    name: str
    default: str
    help: str


#: Who gets in, and who says so; see `hub/settings/login.py`.
LOGIN = (
    Setting("LOGIN", "password", "the way, as below: password, openshift, oidc, …"),
    Setting("ALLOWED_USERS", "", "names that may log in, with commas between; *: all"),
    Setting("ALLOWED_GROUPS", "", "groups whose members may log in"),
    Setting("ADMIN_USERS", "", "names that log in as instructors"),
    Setting("ADMIN_GROUPS", "", "groups whose members log in as instructors"),
    Setting(
        "LOGIN_RECHECK", "60", "a login is checked anew with its provider after so many seconds"
    ),
    Setting("EVENTS_FILE", "", "file of events, each with a code of its own and an end"),
    Setting("OAUTH_CLIENT_ID", "", "what the provider calls us"),
    Setting("OAUTH_CLIENT_SECRET_FILE", "", "file of the secret that the provider gave us"),
    Setting("OAUTH_CLIENT_SECRET", "", "the secret itself; others can see what a command is given"),
    Setting("OAUTH_CA", "", "file of certificates to trust as well, for the provider's own"),
    Setting("OPENSHIFT_URL", "", "the cluster's API, such as https://api.example.com:6443"),
    Setting("ACT_AS_USER", "0", "1: shells act by the attendee's own token, with all their rights"),
    Setting("OAUTH_ISSUER", "", "the OpenID Connect provider, such as https://sso.example.com"),
    Setting("OAUTH_SCOPE", "openid profile email", "what we ask the provider for"),
    Setting("OAUTH_NAME_CLAIM", "preferred_username", "what a person's name is called there"),
    Setting("OAUTH_GROUPS_CLAIM", "groups", "what the list of a person's groups is called there"),
    Setting("OAUTH_AUTHORIZE_URL", "", "where people log in, for oauth2"),
    Setting("OAUTH_TOKEN_URL", "", "where a code becomes a token, for oauth2"),
    Setting("OAUTH_USERINFO_URL", "", "where a token becomes a person, for oauth2"),
    Setting("GITHUB_URL", "https://github.com", "GitHub, or your GitHub Enterprise Server"),
    Setting("LDAP_URL", "", "the directory: ldaps://host, or ldap://host with StartTLS"),
    Setting("LDAP_CA", "", "file of certificates to trust as well, for the directory's own"),
    Setting("LDAP_PEOPLE", "", "where people are, such as ou=people,dc=example,dc=com"),
    Setting("LDAP_NAME_ATTRIBUTE", "uid", "what people type as their name"),
    Setting("LDAP_GROUPS", "", "where groups are, such as ou=groups,dc=example,dc=com"),
    Setting("LDAP_SEARCH_DN", "", "the account that looks people up; empty: anonymously"),
    Setting("LDAP_SEARCH_PASSWORD_FILE", "", "file of its password"),
    Setting("LDAP_SEARCH_PASSWORD", "", "the password itself; the file is safer"),
    Setting("EXTRA_CONFIG", "", "file of JupyterHub configuration, which has the last word"),
)
#: What sessions are; see `hub/settings/sessions.py`.
SESSIONS = (
    Setting("SESSIONS", "processes", "what a session is: processes, containers or users"),
    Setting("DOCKER_HOST", "unix:///var/run/docker.sock", "socket of Docker or Podman"),
    Setting("IMAGE_PREFIX", "workshop-", "what the names of the images begin with"),
    Setting("TAG", "dev", "their tag"),
    Setting("TERMINAL_IMAGE", "", "an image of your own for the terminals"),
    Setting("SIDECARS", "{}", "further containers of a session, a JSON object of names and images"),
    Setting("SESSION_MEMORY", "512", "MiB of memory that a terminal may use, and each sidecar"),
    Setting("SESSION_CPUS", "1", "processors that they may keep busy"),
    Setting("NETWORKS", "10.217.0.0/16", "addresses for the sessions' networks, eight for each"),
)
#: What a person may set, as in `make run PORT=8001`; the README's table is held to this.
SETTINGS = (
    Setting("PORT", "8000", "port the workshop is served on"),
    Setting("PASSWORD", "", "class password, at least 8 characters; empty: made afresh"),
    Setting("ADMIN_PASSWORD", "", "the instructor's, at least 32 characters; empty: made and kept"),
    Setting("WORKSHOP", "content/guide", "folder of the workshop, or a git URL, with #branch"),
    Setting("BIND", "127.0.0.1", "address to listen on; any but loopback lets others in"),
    Setting("PUBLIC_URL", "", "address people type, when it is not that of BIND and PORT"),
    Setting("SUBDOMAINS", "", "1: each session has its own origin; 0: paths on one; empty: 1 here"),
    Setting("STATE", "build/state", "folder for accounts, homes and logs"),
    Setting("TERMINAL_VIEW", "xterm", "view a terminal opens in: xterm or butterfly"),
    Setting("WORKSHOP_VARS", "{}", "further variables of the notes, a JSON object of strings"),
    Setting(
        "WORKSHOP_TABS", "[]", "further tabs, a JSON list in the form of workshop.yaml's `tabs`"
    ),
    Setting("IDLE_MINUTES", "120", "a session nobody uses is stopped after so long"),
    Setting("MAX_HOURS", "24", "a session is stopped after so long, used or not"),
    Setting("MAX_SESSIONS", "100", "most sessions at once; 0: no limit"),
    Setting("DATABASE_URL", "", "accounts in PostgreSQL, postgresql://…; empty: a file in STATE"),
    Setting("ROUTERS", "0", "routers in front of us, each of which tells whom it passes on"),
    *SESSIONS,
    *LOGIN,
)
#: What `hub.local`, or the chart, tells the hub's own process.
INTERNAL = (
    Setting("HUB_PORT", "0", "port of the hub behind the proxy"),
    Setting("PROXY_API_PORT", "0", "port of the proxy's own interface"),
    Setting("WORKSHOP_KEEPER", "0", "process that ends with all sessions"),
    Setting("HUB_BIND", "127.0.0.1", "address the hub listens on behind the proxy"),
    Setting("HUB_CONNECT_URL", "", "the hub's address, as sessions and proxy reach it"),
    Setting("PROXY_API_URL", "", "the proxy's own interface; empty: on loopback"),
    Setting("KEYS_FILE", "", "secrets made elsewhere; empty: made and kept in STATE"),
    Setting("HOSTS_BESIDE", "0", "1: hosts of sessions stand beside the hub's, as NAME--HOST"),
    Setting("PODS_FILE", "", "how sessions are made as pods; empty: they are what SESSIONS says"),
    Setting("HUB_CONTAINER", "", "container that the hub itself runs in; empty: it runs in none"),
)
