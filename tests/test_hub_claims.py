"""Claims: the first login takes a name, and a code lets its owner back in."""

import os
import stat

import pytest

from hub.login.claims import ALPHABET, CODE_LENGTH, Claims

KEY = "ab" * 32


@pytest.fixture
def claims(tmp_path):
    return Claims(tmp_path / "names.json", KEY)


def test_a_code_fits_its_name_only(claims):
    """A code opens the name it was made for, however it is spaced, and no other."""
    claims.claim("ada")
    claims.claim("bob")
    code = claims.code("ada")

    assert len(code) == CODE_LENGTH
    assert set(code) <= set(ALPHABET)
    assert claims.fits("ada", f" {code[:3].upper()}-{code[3:]} ")
    assert not claims.fits("bob", code)
    assert not claims.fits("ada", "")
    assert not claims.fits("nobody", "")
    assert not claims.fits("ada", "é" * 6)


def test_claims_outlive_the_hub_and_hold_no_code(claims, tmp_path):
    """A restarted hub knows the names and makes the same codes; the file alone gives none away."""
    claims.claim("ada")
    code = claims.code("ada")
    file = tmp_path / "names.json"

    assert Claims(file, KEY).fits("ada", code)
    assert not Claims(file, "cd" * 32).fits("ada", code)
    assert code not in file.read_text()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600


def test_release_makes_codes_and_browsers_worthless(claims):
    """After a release the old code and the old browser count no more, also once it is retaken."""
    held = {"ada": claims.claim("ada").id}
    code = claims.code("ada")
    assert claims.holds("ada", held)

    assert claims.release("ada")

    assert not claims.holds("ada", held)
    claims.claim("ada")
    assert not claims.holds("ada", held)
    assert not claims.fits("ada", code)
    assert not claims.release("nobody")


def test_a_taken_name_cannot_be_claimed(claims):
    """Two logins at once cannot both get a name."""
    claims.claim("ada")

    with pytest.raises(ValueError, match="ada is taken"):
        claims.claim("ada")


def test_a_full_disk_claims_nothing(claims, tmp_path):
    """A claim that cannot be written does not count."""
    claims.claim("ada")
    (tmp_path / "names.json.new").mkdir()

    with pytest.raises(OSError, match="directory"):
        claims.claim("bob")

    assert claims.get("bob") is None
