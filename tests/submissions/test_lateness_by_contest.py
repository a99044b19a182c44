"""Promise of drawn plans with two contests: an essay is late as what it fulfils is, by the days of
its own contest alone, whichever day counts and whatever was moved for the unit."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.campaign.contest import Contest
from services.contracts.campaign.deadlines import Deadline
from services.submissions.obligations.essay_lateness import counted_day, lateness
from services.submissions.obligations.fulfil import fulfil
from services.submissions.obligations.new_day import move
from services.submissions.obligations.obligation import Obligation
from services.submissions.obligations.submission import Submission
from tests.submissions.examples import DOCUMENT, HANOI, option, owed

FIRST = date(2020, 5, 1)
BY = ["act", "received"]

days = st.integers(0, 90).map(lambda number: FIRST + timedelta(days=number))


def contest_of(contest_id: str, ends: date, counted_by: str) -> Contest:
    return Contest.model_validate(
        {
            "id": contest_id,
            "title": {"vi": contest_id, "en": contest_id},
            "ends": Deadline(date=ends, included=True),
            "levels": ["upper"],
            "forms": ["written"],
            "mark": {"min": "0", "max": "10"},
            "counted_by": counted_by,
        }
    )


contests = st.tuples(days, days, st.sampled_from(BY), st.sampled_from(BY)).map(
    lambda drawn: (contest_of("a", drawn[0], drawn[2]), contest_of("b", drawn[1], drawn[3]))
)


@st.composite
def obligations(draw: st.DrawFn, of: tuple[Contest, Contest]) -> list[Obligation]:
    """Some, each of one contest, and where both count by the same day perhaps of any."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        contest = draw(st.sampled_from(of))
        same = len({one.counted_by for one in of}) == 1
        named = None if same and draw(st.booleans()) else contest.id
        asked = option(
            f"E{number}",
            str(draw(days)),
            included=True,
            by="essay-submitted",
            contest=named,
            counted_by=contest.counted_by,
        )
        found.append(owed(f"E{number}", asked))
    return found


@given(st.data())
def test_an_essay_is_as_late_as_what_it_fulfils_by_the_days_of_its_own_contest(
    data: st.DataObject,
) -> None:
    both = data.draw(contests)
    states = data.draw(obligations(both))
    for at, state in enumerate(states):
        if data.draw(st.booleans()):
            states[at], _ = move(
                state, state.id, data.draw(days), deadline_version=2,
                now=datetime.combine(FIRST, time(9), HANOI), **DOCUMENT,
            )  # fmt: skip
    contest = data.draw(st.sampled_from(both))
    received_on = data.draw(days)
    acted_on = received_on - timedelta(days=data.draw(st.integers(0, 30)))
    sent = Submission(
        "essay-submitted",
        UUID(int=1),
        datetime.combine(received_on, time(12), HANOI),
        acted_on=acted_on,
        contest=contest.id,
    )
    own = [state for state in states if sent.option_of(state.planned) is not None]
    ends = contest.ends.last_day
    last_day, days_late = lateness(contest, ends, states, received_on, acted_on)

    assert last_day == max([ends, *(state.option(state.id).last_day for state in own)])
    assert (last_day, days_late) == lateness(contest, ends, own, received_on, acted_on)
    for state in own:
        done = fulfil(state, sent)[0].fulfilment
        assert done is not None
        assert done.counted_day == counted_day(contest, received_on, acted_on)
        assert days_late <= done.days_late
        if state.option(state.id).last_day == last_day:
            assert days_late == done.days_late
