"""Kind `entered` with scorers: what the marks of one unit or of a panel make."""

from decimal import Decimal
from typing import Any

from services.contracts.events import UnitFact
from services.scoring.engine.criteria import formula, law
from services.scoring.engine.results import Line
from services.scoring.engine.texts import FormulaNames
from tests.scoring.facts import score_entered
from tests.scoring.kinds.worth import ID, nothing, rule_set, worth

PANEL = ["P", "Q", "R", "S"]


def mark(scorer: str, points: str, **more: Any) -> UnitFact:
    return score_entered("A", ID, "scorers", points, scorer=scorer, **more)


def _worth(*facts: UnitFact, scored_by: dict[str, Any], **fields: Any) -> Line:
    return worth(*facts, kind="entered", scored_by=scored_by, **fields)


def test_the_mark_of_the_only_scorer_counts_and_nobody_elses() -> None:
    assert _worth(mark("P", "7"), mark("Q", "9"), scored_by={"unit": "P"}).points == 7
    assert _worth(mark("Q", "9"), scored_by={"unit": "P"}).points == 0
    board, cluster = (score_entered("A", ID, stage, "3") for stage in ("final", "cluster"))
    assert _worth(mark("P", "7"), board, cluster, scored_by={"unit": "P"}).points == 7


def test_a_mean_is_of_those_that_entered_from_the_least_number_on() -> None:
    panel = {"units": PANEL[:3], "at_least": 2}
    assert _worth(mark("P", "7"), scored_by=panel).points == 0
    assert _worth(mark("P", "7"), mark("R", "8"), scored_by=panel).points == Decimal("7.5")
    three = [mark("P", "7"), mark("Q", "10"), mark("R", "8")]
    assert _worth(*three, scored_by=panel).points == Decimal("8.33")
    assert _worth(*three[:2], scored_by={"units": PANEL[:3]}).points == 0, "all by default"
    assert nothing(_worth(mark("P", "7"), scored_by=panel, no_value="not-assigned"))


def test_a_trimmed_mean_leaves_the_lowest_and_the_highest_out_once() -> None:
    panel = {"units": PANEL, "marks": "trimmed-mean", "at_least": 3}
    marks = [mark("P", "2"), mark("Q", "7"), mark("R", "8"), mark("S", "10")]
    line = _worth(*marks, scored_by=panel)
    assert (line.points, line.inputs["left-out"]) == (Decimal("7.5"), "P, S")
    assert _worth(*marks[:3], scored_by=panel).points == 7
    same = [mark(code, "5") for code in PANEL]
    line = _worth(*same, scored_by=panel)
    assert (line.points, line.inputs["left-out"]) == (5, "P, S")


def test_a_sum_and_shares_need_every_mark() -> None:
    both = [mark("P", "5"), mark("Q", "3.5")]
    parts = {"units": ["P", "Q"], "marks": "sum", "maxima": {"P": "6", "Q": "4"}}
    assert _worth(*both, scored_by=parts).points == Decimal("8.5")
    assert _worth(both[0], scored_by=parts).points == 0
    assert _worth(mark("P", "9"), both[1], scored_by=parts).points == Decimal("9.5"), "6 at most"
    shares = {"units": ["P", "Q"], "marks": "shares", "shares": {"P": "0.6", "Q": "0.4"}}
    assert _worth(*both, scored_by=shares).points == Decimal("4.4")
    assert _worth(both[1], scored_by=shares).points == 0


def test_a_correction_replaces_the_mark_of_its_scorer_only() -> None:
    facts = [mark("P", "7"), mark("Q", "9"), mark("P", "5", version=2)]
    for order in (facts, facts[::-1]):
        assert _worth(*order, scored_by={"units": ["P", "Q"]}).points == 7


def test_the_board_counts_instead_where_the_rule_set_says_so() -> None:
    board = score_entered("A", ID, "final", "4")
    fields: dict[str, Any] = {
        "scored_by": {"units": ["P", "Q"]},
        "stages": ["final", "scorers"],
    }
    marks = [mark("P", "7"), mark("Q", "9")]
    assert _worth(*marks, **fields).points == 8
    line = _worth(*marks, board, **fields)
    assert (line.points, line.inputs["counts"], line.inputs["scorers"]) == (4, "final", "8")
    in_words = _in_words(line, **fields)
    assert in_words == "điểm thẩm định 4: 4 điểm, thay cho 8 (bình quân điểm của P 7, Q 9)"


def _in_words(line: Line, **fields: Any) -> str:
    rules = rule_set(kind="entered", **fields)
    return formula(rules.tables[0].criteria[0], line.inputs, line.points, FormulaNames(rules)).vi


def test_each_mark_and_what_was_made_of_it_is_told() -> None:
    marks = [mark("P", "2.5"), mark("Q", "7"), mark("R", "8")]
    panels: dict[str, dict[str, Any]] = {
        "P 2,5: 2,5 điểm": {"unit": "P"},
        "bình quân điểm của P 2,5, Q 7: 4,75 điểm": {"units": ["P", "Q"]},
        "bình quân điểm của P 2,5, Q 7, R 8, bỏ điểm thấp nhất (P) và cao nhất (R): 7 điểm": {
            "units": PANEL[:3],
            "marks": "trimmed-mean",
        },
        "P 2,5 + Q 7: 9,5 điểm": {
            "units": ["P", "Q"],
            "marks": "sum",
            "maxima": {"P": "3", "Q": "7"},
        },
        "P 2,5 × 0,6 + Q 7 × 0,4: 4,3 điểm": {
            "units": ["P", "Q"],
            "marks": "shares",
            "shares": {"P": "0.6", "Q": "0.4"},
        },
        "mới có 3/4 điểm chấm: 0 điểm": {"units": PANEL},
    }
    for in_words, panel in panels.items():
        assert _in_words(_worth(*marks, scored_by=panel), scored_by=panel) == in_words


def test_the_rule_says_who_scores() -> None:
    rules = rule_set(kind="entered", scored_by={"units": ["P", "Q", "R"], "at_least": 2})
    text = law(rules.tables[0].criteria[0], FormulaNames(rules))
    assert "bình quân điểm chấm của P, Q, R (từ 2 đơn vị chấm trở lên)" in text.vi
    assert "the mean of the marks of P, Q, R (from 2 marks on)" in text.en


def test_a_rule_set_without_scorers_is_what_it_was() -> None:
    rules = rule_set(kind="entered")
    (criterion,) = rules.content()["tables"][0]["groups"][0]["criteria"]
    assert criterion.keys() == {"id", "title", "legal_source", "kind", "maximum"}
    with_scorer = rule_set(kind="entered", scored_by={"unit": "P"})
    assert type(rules).model_validate(with_scorer.content()) == with_scorer
