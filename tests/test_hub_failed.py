"""A start that failed: told to whom it concerns, and to the instructor, to nobody else."""

import asyncio

import pytest

from tests.hub_fixtures import Visitor

pytestmark = pytest.mark.slow


async def until_shown(visitor, path, words, there=True):
    """The page once the words are on it, or no more."""
    async with asyncio.timeout(20):
        while (words in (page := (await visitor.get(path)).text)) is not there:
            await asyncio.sleep(0.05)
    return page


async def test_the_instructor_sees_whose_session_did_not_start(product):
    """The admin page has name and sentence until the session starts; a classmate sees neither."""
    place = product.state / "run" / "ada"
    place.symlink_to(product.state)
    words = f"{place} belongs to somebody else."
    ada, ben, grace = (Visitor.opened(product, name) for name in ("ada", "ben", "instructor"))
    try:
        for person in (ada, ben, grace):
            assert (await person.enter()).status == 302

        await until_shown(ada, "/hub/spawn-pending/ada", words)
        shown = (await grace.get("/hub/admin")).text
        assert "Sessions that did not start" in shown
        assert '<th scope="row">ada</th>' in shown
        assert words in shown
        assert words not in (await ben.get("/hub/home")).text
        assert (await ben.get("/hub/admin")).status == 403
        place.unlink()
        await ada.get("/hub/spawn/ada")
        await until_shown(grace, "/hub/admin", words, there=False)
    finally:
        for person in (ada, ben, grace):
            await person.http.close()
