"""Promise: what one client puts into a queue takes no place, and few turns, from another."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.fair_queue import FairQueue, FullError

CLIENTS = st.sampled_from("abcd")


@given(st.lists(CLIENTS | st.none(), max_size=200), st.integers(1, 12))
def test_whoever_has_fewest_is_never_refused_and_nothing_is_lost(
    steps: list[str | None], longest: int
) -> None:
    queue: FairQueue[tuple[str, int]] = FairQueue(longest)
    inside: Counter[str] = Counter()
    for number, client in enumerate(steps):
        if client is None:
            for name, _ in queue.take(3):
                inside[name] -= 1
            continue
        most = max(inside.values(), default=0)
        try:
            displaced = queue.add(client, (client, number))
        except FullError:
            assert len(queue) == longest
            assert inside[client] + 1 >= most  # nobody else has more than it would have
            continue
        inside[client] += 1
        if displaced is not None:
            assert inside[displaced[0]] == most > inside[client] - 1
            inside[displaced[0]] -= 1
        assert len(queue) == inside.total() <= longest
    left = queue.take(1000)
    assert Counter(name for name, _ in left) == +inside


@given(st.lists(CLIENTS, max_size=60))
def test_clients_take_turns_and_each_keeps_its_order(clients: list[str]) -> None:
    queue: FairQueue[tuple[str, int]] = FairQueue(100)
    for number, client in enumerate(clients):
        queue.add(client, (client, number))
    taken = queue.take(100)
    for client in set(clients):
        own = [number for name, number in taken if name == client]
        assert own == sorted(own)
        first = next(turn for turn, (name, _) in enumerate(taken) if name == client)
        assert first < len(set(clients))  # nobody has a second turn before all had one


@given(st.lists(CLIENTS, max_size=30), st.data())
def test_what_is_taken_out_is_no_more_in_it_and_counts_no_more(
    clients: list[str], data: st.DataObject
) -> None:
    queue: FairQueue[int] = FairQueue(100)
    for number, client in enumerate(clients):
        queue.add(client, number)
    gone = data.draw(st.sets(st.sampled_from(range(len(clients)))) if clients else st.just(set()))
    for number in gone:
        queue.discard(clients[number], number)
        queue.discard(clients[number], number)  # once is enough, twice does no harm
    queue.discard("nobody", 0)
    assert len(queue) == len(clients) - len(gone)
    assert set(queue.take(100)) == set(range(len(clients))) - gone
