"""Promise: one backoff for everything: it grows, it is bounded, and no two replicas wait alike."""

import random

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.retry import backoff


class Highest(random.Random):
    def random(self) -> float:
        return 1.0


@given(
    failures=st.integers(min_value=1, max_value=10**400),
    base_s=st.floats(min_value=0.001, max_value=86_400),
    longest_s=st.floats(min_value=0.001, max_value=604_800),
    factor=st.floats(min_value=1, max_value=100),
)
def test_after_any_number_of_failures_the_pause_is_bounded_and_never_none(
    failures: int, base_s: float, longest_s: float, factor: float
) -> None:
    pause = backoff(failures, base_s=base_s, longest_s=longest_s, factor=factor)
    assert min(base_s, longest_s) * 0.49 <= pause <= longest_s


@given(failures=st.integers(min_value=1, max_value=5000), factor=st.floats(1, 100))
def test_the_pause_grows_by_the_factor_up_to_the_longest(failures: int, factor: float) -> None:
    highest = Highest()
    now, after = (
        backoff(n, base_s=0.1, longest_s=50, factor=factor, draw=highest)
        for n in (failures, failures + 1)
    )
    assert now <= after
    assert abs(after - min(50.0, now * factor)) < 1e-6


def test_no_two_replicas_wait_alike() -> None:
    assert len({backoff(1, base_s=1, longest_s=1) for _ in range(20)}) > 10
