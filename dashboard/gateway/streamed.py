"""A door for requests whose bodies are taken as they come."""

from tornado.web import HTTPError

from dashboard.gateway.door import Door


class Streamed(Door):
    """Decides before a body is read; answers so that the proxy can use the connection again."""

    _refusal: HTTPError | None = None

    async def prepare(self) -> None:
        """Admit, or refuse: at once when a body is on its way, so that nothing of it is taken."""
        try:
            await super().prepare()
            await self.admit()
        except HTTPError as refusal:
            # Tornado closes a connection that is answered before its request was read to the end,
            # without a word to the proxy, which would use it again and fail. Without a body the
            # end is an instant away.
            if self.has_body():
                raise
            self._refusal = refusal

    async def admit(self) -> None:
        """What must hold besides; raises a refusal otherwise."""

    def check_admitted(self) -> None:
        """Raise the refusal that was put off; every method calls it first."""
        if self._refusal is not None:
            raise self._refusal
