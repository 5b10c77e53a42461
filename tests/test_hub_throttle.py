"""Throttling: guessing gets slow, and nobody is shut out."""

import pytest

from hub.login.throttle import ADDRESS, HOLDER, NAME, Pace, Throttle

PACE = Pace(free=2, longest=8, forgive=10)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def throttle(clock):
    return Throttle(clock, most=3)


def test_waits_double_and_end(throttle, clock):
    """After the free mistakes each one doubles the wait, up to the longest."""
    waits = []
    for _ in range(7):
        throttle.mistake("ada", PACE)
        waits.append(throttle.wait("ada", PACE))

    assert waits == [0, 1, 2, 4, 8, 8, 8]
    clock.now += 8
    assert throttle.wait("ada", PACE) == 0
    assert throttle.wait("bob", PACE) == 0


def test_time_forgives(throttle, clock):
    """Mistakes are forgotten one by one."""
    for _ in range(3):
        throttle.mistake("ada", PACE)
    clock.now += 30

    throttle.mistake("ada", PACE)

    assert throttle.wait("ada", PACE) == 0


def test_success_forgets(throttle):
    """A login that worked starts anew."""
    for _ in range(5):
        throttle.mistake("ada", PACE)

    throttle.success("ada")

    assert throttle.wait("ada", PACE) == 0


def test_memory_is_bounded(throttle):
    """However many names are tried, only so many are remembered."""
    for number in range(1000):
        throttle.mistake(f"name {number}", PACE)

    assert len(throttle._mistakes) == 3


@pytest.mark.parametrize("pace", [NAME, ADDRESS, HOLDER])
def test_guessing_a_code_is_hopeless(pace):
    """At the fastest pace a guesser gets far less than one code in a million in a day."""
    tries = pace.free + 86400 / min(pace.longest, pace.forgive)

    assert tries / 28**6 < 1e-4
