"""The names under which the browser keeps what became of a command."""

from dashboard.notes import Action

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def key(action: Action) -> str:
    """The name of an action with its text as it is now; `keyOf` in actions.js makes the same."""
    number = 5381
    for char in action.text:
        number = ((number * 33) ^ ord(char)) & 0xFFFFFFFF
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return f"{action.id}:{digits}"
