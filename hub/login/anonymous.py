"""Login without a name: whoever comes gets a session under a made-up one, and nothing is kept."""

import hmac
import secrets
import time
from typing import Any

from jupyterhub import orm
from tornado.ioloop import PeriodicCallback
from traitlets import Integer, Unicode

from hub.keys import WORDS, Keys
from hub.login.claims import Claim
from hub.login.form import Attempt, Entry, FormLogin, Refusal
from hub.login.leavers import Leavers
from hub.login.throttle import Pace
from hub.pages.routes import handlers
from hub.pages.start import StartPage
from hub.settings import INSTRUCTOR, HubSettings

#: A classroom shares one address and starts within a minute.
STARTS = Pace(free=60, longest=16.0, forgive=4.0)
BUSY = "Many people start from where you are. Please wait {} s and try again."
FULL = "All places are taken. Please try again in a while."
WRONG = "That is not the instructor's password."
#: Seconds between two looks for sessions that ended.
LOOKS = 5


class AnonymousLogin(FormLogin):
    """Lets in everybody under a fresh name, as long as there are places; names never come back."""

    most = Integer(config=True, help="most sessions at once")
    admin_password = Unicode(config=True, help="the instructor's")
    linger = Integer(60, config=True, help="seconds from a session's end until nothing is left")
    #: Sessions' files go with them; spawners and pages ask for this.
    temporary = True

    def get_handlers(self, app: Any) -> list[tuple[str, Any]]:
        """Our pages; from now on, who has left is forgotten."""
        self._app = app
        self._given: set[str] = set()
        leavers = Leavers(app, self.linger)
        self._looks = PeriodicCallback(leavers.forget, LOOKS * 1000)
        self._looks.start()
        return handlers((r"/login", StartPage))

    def mistake_in(self, attempt: Attempt) -> str:
        """Nothing is typed that could be wrong."""
        return ""

    def holder(self, attempt: Attempt) -> str:
        """Nobody comes back."""
        return ""

    async def hear(self, attempt: Attempt) -> Entry | Refusal:
        """A new session, or the instructor when there is a password."""
        return await super().hear(attempt) if attempt.password else self._start(attempt.address)

    async def judge(self, attempt: Attempt) -> Entry | Refusal:
        """Let in the instructor."""
        typed, wanted = attempt.password.encode(), self.admin_password.encode()
        if not wanted or not hmac.compare_digest(typed, wanted):
            return Refusal(403, WRONG)
        return self._entry(INSTRUCTOR, admin=True)

    def _start(self, address: str) -> Entry | Refusal:
        key = f"start {address}"
        if wait := self.throttle.wait(key, STARTS):
            seconds = int(wait) + 1
            return Refusal(429, BUSY.format(seconds), wait=seconds)
        self.throttle.mistake(key, STARTS)
        if self._app.users.count_active_users()["active"] >= self.most:
            return Refusal(503, FULL, wait=60)
        return self._entry(self._fresh_name(), admin=False)

    def _entry(self, name: str, *, admin: bool) -> Entry:
        return Entry(Claim(name, secrets.token_hex(16), time.time()), admin)

    def _fresh_name(self) -> str:
        """A name that nobody has or was given since we started."""
        words = WORDS.read_text(encoding="ascii").split()
        while True:
            name = "-".join([secrets.choice(words), secrets.choice(words), _number()])
            if name not in self._given and orm.User.find(self._app.db, name) is None:
                self._given.add(name)
                return name


def _number() -> str:
    return str(100 + secrets.randbelow(900))


def configure_anonymous(c: Any, s: HubSettings, keys: Keys) -> None:
    """Everybody gets in; the instructor alone is an admin."""
    c.JupyterHub.authenticator_class = AnonymousLogin
    c.JupyterHub.shutdown_on_logout = True
    login = c.AnonymousLogin
    login.most = s.max_sessions
    login.admin_password = s.admin_password or keys.admin_password
    login.allow_all = True  # that is what this way is for
    login.any_allow_config = True
    login.enable_auth_state = False
