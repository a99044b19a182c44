"""Where a published fact differs from what is computed from the facts, field by field. Pure.

A field that a release adds to the events is compared without anybody remembering it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel

from services.contracts.events import (
    PointsPublished,
    PublishedGroup,
    PublishedLine,
    PublishedPart,
    PublishedSubtotal,
    Title,
)
from services.contracts.rules import RuleSet
from services.contracts.titles import SCORING_STAGES
from services.contracts.wording import Bilingual, number, number_en, number_vi
from services.scoring.engine.criteria.marks import BY, LEFT_OUT
from services.scoring.engine.texts import in_words


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference, and where it is."""

    vi: str
    en: str
    unit: str | None = None
    criterion: str | None = None
    fact: str | None = None
    cause: bool = False
    """Whether others follow from it: facts, rules and events that are not those of the publication.
    The points that differ for it are consequences."""


FIELD_WORDS = {
    "total": ("tổng điểm", "total"),
    "maximum": ("điểm tối đa", "maximum"),
    "comparable": ("điểm quy đổi", "comparable total"),
    "rank": ("hạng", "rank"),
    "units_in_cluster": ("số đơn vị trong cụm", "units in the cluster"),
    "level": ("mức xếp loại", "level"),
    "level_title": ("tên mức xếp loại", "title of the level"),
    "flag_candidate": ("thuộc diện đề nghị tặng Cờ thi đua", "flag candidate"),
    "knocked_out": ("điều kiện hạ mức xếp loại", "knock-outs"),
    "cluster": ("cụm", "cluster"),
    "table": ("bảng", "table"),
    "rule_set": ("tên bảng điểm", "rule set"),
    "sample": ("là bảng điểm minh họa", "is a sample"),
    "simulated": ("có dữ liệu mô phỏng", "counts simulated facts"),
    "watermark": ("thời điểm chốt số liệu", "watermark"),
    "published_at": ("thời điểm công bố", "moment of publication"),
    "units": ("số đơn vị", "units"),
    "facts": ("số dữ liệu", "facts"),
    "facts_counted": ("số dữ liệu đã tính", "facts counted"),
    "points": ("điểm", "points"),
    "parts": ("điểm từng bảng", "points by table"),
    "capped": ("đã tính đến mức tối đa", "capped"),
    "bonus": ("điểm thưởng", "bonus"),
    "within": ("nằm trong nhóm", "within"),
    "assigned": ("áp dụng cho đơn vị", "assigned"),
}
_INPUTS = {
    **SCORING_STAGES,
    "best-result": Bilingual("kết quả cao nhất", "best result"),
    "case-held": Bilingual("trường hợp", "case"),
    "counts": Bilingual("điểm được tính", "score that counts"),
    "days_late": Bilingual("số ngày chậm", "days late"),
    LEFT_OUT: Bilingual("điểm thấp nhất, cao nhất bỏ đi của", "lowest, highest left out of"),
    "full-steps": Bilingual("số bậc đủ", "full steps"),
    "led-by": Bilingual("đơn vị dẫn đầu", "leader"),
    "rung-held": Bilingual("bậc đạt được", "rung that held"),
    "set-base": Bilingual("mức gốc", "base"),
    "set-coefficient": Bilingual("hệ số", "coefficient"),
    "set-step": Bilingual("độ rộng một bậc", "width of a step"),
    "set-target": Bilingual("chỉ tiêu", "target"),
    "state": Bilingual("tình trạng thực hiện", "status"),
    "up_to": Bilingual("bậc đến hết số ngày", "rung up to days"),
    "when-holds": Bilingual("điều kiện đạt", "condition holds"),
}
"""Inputs that no measure of the rule set gives; the engine's criteria name them so."""
_CHOICES = {
    **SCORING_STAGES,
    "at": Bilingual("đạt chỉ tiêu", "at the target"),
    "below": Bilingual("dưới chỉ tiêu", "below the target"),
    "beyond": Bilingual("vượt chỉ tiêu", "beyond the target"),
    "without-target": Bilingual("không có chỉ tiêu", "without a target"),
    "otherwise": Bilingual("còn lại", "otherwise"),
    "true": Bilingual("có", "yes"),
    "false": Bilingual("không", "no"),
}


def fields(
    published: BaseModel,
    computed: BaseModel,
    *,
    but: Collection[str],
    rules: RuleSet,
    unit: str | None,
) -> Iterator[Finding]:
    """Every field of two facts of one kind that differs, but those that are compared elsewhere."""
    for name in type(published).model_fields:
        one, two = getattr(published, name), getattr(computed, name)
        if name in but or one == two:
            continue
        vi, en = FIELD_WORDS.get(name, (name, name))
        (one_vi, one_en), (two_vi, two_en) = (
            _level(side, rules) if name == "level" else _shown(getattr(side, name))
            for side in (published, computed)
        )
        yield Finding(
            f"{vi}: công bố {one_vi}, tính lại {two_vi}",
            f"{en}: published {one_en}, computed {two_en}",
            unit=unit,
        )


def lines(
    published: PointsPublished, computed: PointsPublished, rules: RuleSet
) -> Iterator[Finding]:
    """Where groups and lines differ: criterion by criterion, then what only the group shows."""
    before = {line.criterion: line for group in published.groups for line in group.lines}
    after = {line.criterion: line for group in computed.groups for line in group.lines}
    for criterion in dict.fromkeys([*before, *after]):
        one, two = before.get(criterion), after.get(criterion)
        if one != two:
            vi, en = _line(one, two, rules)
            yield Finding(vi, en, unit=published.unit, criterion=criterion)
    groups = _groups(computed)
    for id_, group in _groups(published).items():
        yield from _group(group, groups.pop(id_, None), rules, published.unit)
    for group in groups.values():
        yield from _group(None, group, rules, published.unit)


_AnyGroup = PublishedGroup | PublishedSubtotal


def _groups(points: PointsPublished) -> dict[str, _AnyGroup]:
    """Groups by id, at every depth."""
    found: dict[str, _AnyGroup] = {}
    groups: tuple[_AnyGroup, ...] = (*points.groups, *points.subtotals)
    for group in groups:
        found[group.group] = group
    return found


def _group(
    one: _AnyGroup | None, two: _AnyGroup | None, rules: RuleSet, unit: str
) -> Iterator[Finding]:
    if one is not None and two is not None:
        if type(one) is not type(two):
            yield Finding(
                f"nhóm {one.group}: ở tầng khác",
                f"group {one.group}: on another level",
                unit=unit,
            )
            return
        but = ("group", "lines", "criteria")
        for found in fields(one, two, but=but, rules=rules, unit=unit):
            yield Finding(
                f"nhóm {one.group}: {found.vi}", f"group {one.group}: {found.en}", unit=unit
            )
        if _criteria(one) != _criteria(two):
            yield Finding(
                f"nhóm {one.group}: các tiêu chí khác",
                f"group {one.group}: other criteria",
                unit=unit,
            )
    elif one is not None:
        vi, en = f"nhóm {one.group} không có", f"group {one.group} is not there"
        yield Finding(vi, en, unit=unit)
    elif two is not None:
        vi, en = f"thiếu nhóm {two.group}", f"group {two.group} is missing"
        yield Finding(vi, en, unit=unit)


def _criteria(group: _AnyGroup) -> list[str]:
    if isinstance(group, PublishedSubtotal):
        return list(group.criteria)
    return [line.criterion for line in group.lines]


def _line(one: PublishedLine | None, two: PublishedLine | None, rules: RuleSet) -> tuple[str, str]:
    if two is None:
        return "tiêu chí không còn trong bảng điểm", "the criterion is no longer in the table"
    if one is None:
        return "tiêu chí mới so với lúc công bố", "the criterion was not in the publication"
    if one.points != two.points:
        return (
            f"công bố {number_vi(one.points)} điểm, tính lại {number_vi(two.points)}",
            f"published {number_en(one.points)}, computed {number_en(two.points)}",
        )
    if one.maximum != two.maximum:
        return (
            f"tối đa: công bố {number_vi(one.maximum)}, tính lại {number_vi(two.maximum)}",
            f"maximum: published {number_en(one.maximum)}, computed {number_en(two.maximum)}",
        )
    if one.assigned != two.assigned:
        return (
            f"áp dụng cho đơn vị: công bố {_yes(one.assigned)[0]},"
            f" tính lại {_yes(two.assigned)[0]}",
            f"assigned: published {_yes(one.assigned)[1]}, computed {_yes(two.assigned)[1]}",
        )
    changed = [
        (_input_title(name, rules), _input(one.inputs.get(name)), _input(two.inputs.get(name)))
        for name in dict.fromkeys([*one.inputs, *two.inputs])
        if one.inputs.get(name) != two.inputs.get(name)
    ]
    vi = "; ".join(f"{title.vi}: {was.vi} → {now.vi}" for title, was, now in changed)
    en = "; ".join(f"{title.en}: {was.en} → {now.en}" for title, was, now in changed)
    return (
        f"số liệu khác, điểm vẫn {number_vi(two.points)}: {vi}",
        f"other inputs, still {number_en(two.points)}: {en}",
    )


def _input_title(name: str, rules: RuleSet) -> Bilingual:
    """What people call an input of a line: a measure's title, a stage, or a word of the formula."""
    if name in rules.measured:
        return rules.measure_title(name)
    if name.startswith(BY):
        scorer = name.removeprefix(BY)
        return Bilingual(f"điểm {scorer} chấm", f"mark of {scorer}")
    return _INPUTS.get(name, Bilingual(name, name))


def _input(shown: str | None) -> Bilingual:
    """The value of an input in words; a dash where there is none."""
    if shown is None:
        return Bilingual("—", "—")
    return _CHOICES.get(shown) or in_words(shown)


def _level(points: BaseModel, rules: RuleSet) -> tuple[str, str]:
    """A unit's level, in the words of its own table: two tables may word one level differently."""
    if isinstance(points, PointsPublished):
        table = rules.table(points.table)
        if table is not None and (title := table.level_title(points.level)) is not None:
            return title.vi, title.en
        return _shown(points.level)
    raise TypeError(f"{type(points).__name__} has no level")


def _shown(value: object) -> tuple[str, str]:
    """A value in words: Vietnamese, English."""
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, tuple) and value:
        each = [_shown(one) for one in value]
        return ", ".join(vi for vi, _ in each), ", ".join(en for _, en in each)
    return _one_shown(value)


def _one_shown(value: object) -> tuple[str, str]:
    if isinstance(value, Decimal | int):
        written = number(value)
        return written.vi, written.en
    if isinstance(value, Title):
        return value.vi, value.en
    if value is None or value == ():
        return "không có", "none"
    if isinstance(value, PublishedPart):
        return (
            f"{value.table} {number_vi(value.total)}/{number_vi(value.maximum)}",
            f"{value.table} {number_en(value.total)}/{number_en(value.maximum)}",
        )
    return str(value), str(value)


def _yes(value: bool) -> tuple[str, str]:
    return ("có", "yes") if value else ("không", "no")
