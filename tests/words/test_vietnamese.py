"""Promise: no Vietnamese text has a word or a form that an office would not write."""

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.words.collected import Sentence, numbers_of_code, of_code, of_files
from tests.words.syllables import SYLLABLES, TERMS

CODE = [*of_code()]
SENTENCES = [*CODE, *of_files()]

NOT_WRITTEN = {
    r"\bhãy\b": "the bare verb, `vui lòng …`, or `đề nghị đơn vị …` from the Board",
    r"\b(muộn|trễ)\b": "chậm",
    r"\bnghĩa vụ\b": "nội dung phải thực hiện",
    r"\bdữ kiện\b": "dữ liệu đã ghi nhận",
    r"còn ở tương lai|chưa qua\b": "chưa đến",
    r"còn đúng hạn": "hạn cuối: hết ngày …",
    r"được biết đến": "không hợp lệ",
    r"mâu thuẫn với trạng thái": "dữ liệu đã thay đổi",
    r"điểm liệt|\bloại trừ\b|điều kiện hạ mức(?! xếp loại)": "điều kiện hạ mức xếp loại",
    r"[Tt]hông báo( số)? 251": "Văn bản số 251/BTĐ-NV2",
    r"bảng điểm mẫu|BẢNG (ĐIỂM )?MẪU": "bảng điểm minh họa",
    r"\b(thông báo|công văn|văn bản|kế hoạch|báo cáo|quyết định) mẫu\b": "… số 01 (mô phỏng)",
    r"\bthông điệp lỗi\b": "bản tin chưa xử lý được",
    r"\bchủ đề\b": "topic (Kafka)",
    r"\bmùa\b": "đợt thi đua",
    r"\bđợt (thi đua )?(…)? ?(mở|đóng)\b": "đợt thi đua bắt đầu, kết thúc",
    r"chấm tay|người chấm": "chấm trực tiếp",
    r"bị trần cắt|chạm trần": "đã tính đến mức tối đa",
    r"\bghi âm, ghi hình": "phát thanh, truyền hình",
    r"[xX]oá|[hH]oá\b|[kK]hoá\b|[tT]hoả|[tT]huỷ|[uU]ỷ\b": "xóa, hóa, khóa, thỏa, thủy, ủy",
    r"\btỉ lệ\b|\bkĩ\b|\blí do\b": "tỷ lệ, kỹ, lý do",
    r"[–—] Khen thưởng": "Thi đua - Khen thưởng",
    r"Ban Thi đua(?! [-–] Khen thưởng|$)": "Ban Thi đua - Khen thưởng, or điểm thẩm định",
    r"\bbản tin lỗi\b": "bản tin chưa xử lý được",
    r"\bnộp\b": "gửi",
    r"không nhận (dữ liệu|bài|bản|báo cáo)\b": "không tiếp nhận",
    r"(?-i:\bhội nghị\b)": "Hội nghị",
    r"(?-i:\bban (tổ chức|giám khảo)\b)": "Ban Tổ chức, Ban Giám khảo",
    r"\btrưởng cụm\b": "cụm trưởng",
    r"đề nghị khen(?! thưởng)|đề xuất khen(?! ĐHTT)": "đề nghị khen thưởng",
    r"báo cáo \d+/": "Báo cáo số 12/…",
    r"\bai\b": "đơn vị nào, tài khoản nào",
    r"(không có gì|chưa có gì)[,;:]? thì": "không phát sinh thì",
    r"\b(phải|chưa) làm\b(?! tròn)": "phải, chưa thực hiện",
    r"\bkhông (chấm|giao)\b|\bđược giao\b": "không áp dụng, áp dụng cho đơn vị",
    r"\bqua trục(?! liên thông)": "qua trục liên thông",
    r"\bđã thực hiện\b": "đã hoàn thành",
    r"chưa quá hạn": "chưa đến hạn",
    r"\bđơn vị mã\b": "đơn vị có mã “…”",
    r"[0-9] %": "no space before %",
    r"\b(bạn|quý khách|của tôi|rất tiếc)\b": "the unit or the thing is the subject",
    r"\bvà/hoặc\b": "và, hoặc",
    r"\bv\.v": "a complete list",
    r"[–—]\s*$": "a whole sentence",
}
"""What must not stand in a text for people, and what stands there instead."""

IN_SENTENCES = {
    r"(?<!Python )(?<![\d.])\d+\.\d{1,2}(?![\d.])": "the decimal comma: 7,5",
    r"(?<!ví dụ )(?<!Viết như )(?<!viết )(?<!viết ngày )(?<!hoặc )\d{4}-\d{2}-\d{2}": "11/06/2020",
    r"!(\s|$)": "no exclamation mark",
}
"""Not in sentences. What shows how a file or the API wants it written stands behind `ví dụ`, `viết`
or in quotation marks; files keep their own syntax, and manuals quote it."""

BY_CODE = {
    r"\b(đơn vị|cụm|đợt|đợt thi đua) …": "its name; `… có mã “Q009”` if only that is known",
}
"""Not in what officers read: a code without a name."""

OF_THE_CHECKER = ("services/contracts/campaign/", "services/contracts/rules/")
"""These speak about the keys of files to whoever writes the files."""


def found(patterns: dict[str, str], sentences: Iterable[Sentence]) -> list[str]:
    """Every hit: place, what is wrong, what to write."""
    return [
        f"{one.place}: {hit.group()!r} -> {instead}: {one.text.strip()[:100]}"
        for one in sentences
        for pattern, instead in patterns.items()
        if (hit := re.search(pattern, one.unquoted, re.IGNORECASE if pattern.islower() else 0))
    ]


def test_there_are_sentences() -> None:
    assert len(CODE) > 500
    files = Counter(one.place.rpartition(":")[0] for one in SENTENCES)
    for name in (
        "Makefile",
        "docs/glossary.md",
        "docs/problems.md",
        "docs/scoring.md",
        "infra/campaigns/hanoi-2020/plan.yaml",
        "infra/campaigns/hanoi-2020/units.csv",
        "infra/prometheus/alerts.yml",
        "services/contracts/asyncapi.json",
        "services/contracts/schemas/campaign/rules.schema.json",
    ):
        assert files[name], f"no Vietnamese was found in {name}"


def test_no_word_that_an_office_would_not_write() -> None:
    wrong = found(NOT_WRITTEN, SENTENCES)
    assert not wrong, "\n".join(wrong)


def test_numbers_and_days_are_written_as_in_vietnam() -> None:
    wrong = found(IN_SENTENCES, CODE)
    assert not wrong, "\n".join(wrong)


def test_no_unit_cluster_or_campaign_goes_by_a_bare_code() -> None:
    wrong = found(BY_CODE, [one for one in CODE if not one.place.startswith(OF_THE_CHECKER)])
    assert not wrong, "\n".join(wrong)


def test_numbers_go_into_vietnamese_sentences_as_vietnam_writes_them() -> None:
    wrong = [
        f"{place}: {call}: {text[:100]}"
        for place, text, call in numbers_of_code()
        if not place.startswith(OF_THE_CHECKER)
    ]
    assert not wrong, "number_vi, day_vi …:\n" + "\n".join(wrong)


def test_no_english_word_or_slug_stands_in_a_vietnamese_sentence() -> None:
    words = re.compile(r"(?<![\w.:/<{@[-])[A-Za-z]{3,}(?![\w:/>}@=\]-]|\.\w)")
    wrong = [
        f"{one.place}: {word!r}: {one.text.strip()[:100]}"
        for one in CODE
        if not one.place.startswith(OF_THE_CHECKER)
        for word in words.findall(one.unquoted)
        if word.lower() not in SYLLABLES and word not in TERMS
    ]
    assert not wrong, (
        "translate it, give it a title as data, or put a Vietnamese syllable without marks into"
        " tests/words/syllables.py:\n" + "\n".join(wrong)
    )


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị hãy gửi",
        "gửi muộn 2 ngày",
        "được 7.5 điểm",
        "95 %",
        "Thông báo mẫu 01",
        "đã tổ chức hội nghị",
        "không ai đạt được",
    ],
)
def test_the_test_can_fail(text: str) -> None:
    assert found({**NOT_WRITTEN, **IN_SENTENCES}, [Sentence("here", text)])


def test_a_text_between_the_quotation_marks_of_a_file_is_read() -> None:
    line = 'title: {vi: "tỉ lệ", en: "share"}'
    assert found(NOT_WRITTEN, [Sentence("here", line, is_data=True)])
    assert not found(NOT_WRITTEN, [Sentence("here", line)])
