"""The web console of a session that lacks something: its tab says what, and the rest goes on."""

import pytest

from tests.attendee import Attendee
from tests.cluster import MARKS, image
from tests.test_cluster_console import CONSOLE, a_class, is_there

pytestmark = [*MARKS, pytest.mark.xdist_group("console")]


async def test_an_image_that_is_missing(tmp_path):
    """The session starts without it, and its tab says what is wrong."""
    missing = {**CONSOLE, "image": "workshop.test/no-such-console:1"}
    with a_class(
        tmp_path,
        missing,
        images={
            **{part: image(part) for part in ("hub", "dashboard", "terminal")},
            "pullPolicy": "Never",
        },
    ) as release:
        async with Attendee(release, "ada") as ada:
            await ada.sit_down(limit=120)
            await is_there(ada, release, "image")


async def test_too_little_memory(tmp_path):
    """A console that memory ends is said to have had too little; the session goes on."""
    small = {"memory": "20Mi"}
    starved = {**CONSOLE, "resources": {"requests": small, "limits": small}}
    with a_class(tmp_path, starved) as release:
        async with Attendee(release, "ada") as ada:
            await ada.sit_down(limit=120)
            await is_there(ada, release, "memory")
            assert "42-ok" in await ada.said("echo $((6*7))-ok")
