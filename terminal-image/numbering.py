"""Which numbered input of which client has been applied."""

from collections import OrderedDict

_REMEMBERED = 64


class Numbering:
    """Remembers the last input of each of the latest clients."""

    def __init__(self) -> None:
        self._applied: OrderedDict[str, int] = OrderedDict()

    def last(self, client: str) -> int:
        """The number of the client's last input, 0 for none."""
        return self._applied.get(client, 0)

    def fresh(self, client: str, n: int) -> bool:
        """Whether the input is new; from now on it is not."""
        if n <= self.last(client):
            return False
        self._applied[client] = n
        self._applied.move_to_end(client)
        if len(self._applied) > _REMEMBERED:
            self._applied.popitem(last=False)
        return True
