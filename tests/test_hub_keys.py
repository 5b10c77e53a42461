"""Keys: made once, kept, private."""

import os
import stat

from hub.keys import Keys, make_password


def test_keys_are_made_once_and_private(tmp_path):
    """A second start finds the same keys; nobody else can read them, and they do not show."""
    keys = Keys.load(tmp_path)

    assert Keys.load(tmp_path) == keys
    assert stat.S_IMODE(os.stat(tmp_path / "keys.json").st_mode) == 0o600
    assert keys.cookie not in repr(keys)
    assert len({keys.cookie, keys.crypt, keys.proxy, keys.claims}) == 4
    assert len(keys.admin_password) >= 32


def test_a_lost_key_is_made_anew(tmp_path):
    """A key file from before a key existed is completed, the rest kept."""
    keys = Keys.load(tmp_path)
    file = tmp_path / "keys.json"
    file.write_text(file.read_text().replace('"claims"', '"old"'))

    completed = Keys.load(tmp_path)

    assert completed.cookie == keys.cookie
    assert completed.claims != keys.claims


def test_class_passwords_can_be_read_out():
    """A made password is three words and a number, and not the same twice."""
    first, second = make_password(), make_password()

    assert first != second
    assert [part.isalpha() for part in first.split("-")] == [True, True, True, False]
    assert len(first) >= 8
