"""Places of a channel: who may be sent to, moment by moment."""

from uuid import UUID, uuid4

from services.notifications.deliveries.places import Place, Places


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def places(clock: Clock, *, patience_s: float | None = 1.0, concurrency: int = 8) -> Places:
    return Places(
        concurrency=concurrency, per_subscription=2, per_host=4, patience_s=patience_s, now=clock
    )


def fill(some: Places, host: str, count: int, subscription: UUID | None = None) -> list[Place]:
    return [some.take(subscription or uuid4(), host) for _ in range(count)]


def test_a_subscription_and_a_host_are_full_at_their_share() -> None:
    some, one = places(Clock()), uuid4()
    fill(some, "a.example", 2, one)
    assert some.full_subscriptions() == [one]
    assert some.full_hosts() == []
    fill(some, "a.example", 2)
    assert some.full_hosts() == ["a.example"]


def test_attempts_that_take_long_give_their_places_to_others_up_to_a_bound() -> None:
    clock = Clock()
    some = places(clock)
    for number in range(4):
        fill(some, f"slow{number}.example", 2)
    assert some.room() == 0
    assert some.seconds_to_room() == 1.0
    clock.now = 1.0
    assert some.room() == 4
    assert set(some.full_hosts()) == {f"slow{number}.example" for number in range(4)}
    for number in range(4, 16):
        fill(some, f"slow{number}.example", 2)
    clock.now = 3.0
    assert len(some) == 32  # four times the places
    assert some.room() == 0


def test_a_silent_host_gets_one_place_of_a_small_share_until_it_answers() -> None:
    some = places(Clock())
    for host in ("a.example", "b.example", "c.example"):
        some.release(*fill(some, host, 1), unanswered=True)
    assert set(some.idle_silent_hosts()) == {"a.example", "b.example", "c.example"}
    assert some.silent_room() == 2
    [a], [_] = fill(some, "a.example", 1), fill(some, "b.example", 1)
    assert some.silent_room() == 0
    assert some.room() == 4  # theirs are beside the others'
    assert some.idle_silent_hosts() == ["c.example"]
    some.release(a, unanswered=False)
    assert "a.example" not in some.full_hosts()


def test_a_channel_without_patience_never_has_more_under_way_than_places() -> None:
    clock = Clock()
    some = places(clock, patience_s=None, concurrency=4)
    for number in range(4):
        fill(some, f"{number}", 1)
    clock.now = 100.0
    assert (some.room(), some.silent_room(), some.seconds_to_room()) == (0, 0, None)


def test_the_memory_of_silent_hosts_is_bounded() -> None:
    some = places(Clock())
    for number in range(10_050):
        some.release(*fill(some, f"h{number}.example", 1), unanswered=True)
    assert len(some.idle_silent_hosts()) == 10_000
