"""Reading YAML from people: plain data with lines, and nothing that YAML can do beyond that.

No tags, no anchors and aliases (a few of them can make gigabytes), one document, bounded size and
depth. Of the library only the parser runs: its events become plain data here, and no constructor
ever sees them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from services.contracts.campaign.document import Document, Path, spell
from services.contracts.campaign.open_quotes import open_quote
from services.contracts.campaign.problems import FileProblem
from services.contracts.events.base import nfc
from services.contracts.wording import number_en, number_vi

MAX_BYTES = 1_000_000
"""A rule set of a whole ministry is some 100 kB; a megabyte is no text that a person wrote."""
MAX_DEPTH = 24
"""The deepest place of a campaign's file is nine levels down."""

LABEL_CHARACTERS = 40
"""Of an id, in the path that opens a problem."""

_OPENED = ("while scanning a quoted scalar", "while parsing a flow")
_FAULTS = (
    ("'\\t'", "có ký tự tab; thay bằng dấu cách"),
    ("cannot start any token", "ký tự đặc biệt đứng đầu; đặt chữ trong dấu nháy"),
    ("parsing a flow sequence", "ngoặc [ chưa đóng bằng ], hoặc thiếu dấu phẩy giữa các mục"),
    ("parsing a flow mapping", "ngoặc { chưa đóng bằng }, hoặc thiếu dấu phẩy giữa các mục"),
    ("expected the node content", "có ngoặc đóng mà không có ngoặc mở, hoặc thiếu giá trị"),
    ("mapping values are not allowed", "dấu hai chấm không đúng chỗ, hoặc thụt lề sai"),
    ("could not find expected ':'", "thiếu dấu hai chấm sau khóa"),
    ("unknown escape character", "dấu \\ trong nháy kép; dùng nháy đơn"),
    ("scanning a quoted scalar", "dấu nháy chưa đóng"),
    ("parsing a block", "thụt lề sai, hoặc có chữ thừa sau dấu nháy đóng"),
    ("scanning a block scalar", "sau dấu | hoặc > phải xuống dòng"),
    ("scanning an a", "dấu & hoặc * đứng đầu; đặt chữ trong dấu nháy"),
)
"""Words of the parser (ruamel.yaml), and what they mean to whoever wrote it; the first one wins."""

# Plain scalars of the YAML 1.2 core schema that are not texts; days stay texts, the models read
# them, and so does whatever looks like a number in a notation that nobody needs here.
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?([0-9]*\.[0-9]+|[0-9]+\.|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,2})?")


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(raw: bytes) -> str:
    """UTF-8, with or without a byte order mark, or UTF-16 with its mark (Notepad's "Unicode").

    Raises UnicodeDecodeError.
    """
    return raw.decode("utf-16" if raw[:2] in _UTF_16 else "utf-8-sig")


def decode(file: str, raw: bytes, limit: int) -> tuple[str | None, list[FileProblem]]:
    """The text of a file of at most `limit` bytes, by `text_of`."""
    if len(raw) > limit:
        vi = f"tệp lớn hơn {number_vi(limit)} byte; chia nhỏ hoặc bỏ phần thừa"
        en = f"the file has more than {number_en(limit)} bytes; take out what does not belong here"
        return None, [FileProblem(file=file, line=1, vi=vi, en=en)]
    try:
        return text_of(raw), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        vi = "không phải UTF-8; lưu lại tệp với bảng mã UTF-8 (Notepad: Save As, Encoding: UTF-8)"
        en = "not UTF-8; save the file with the encoding UTF-8 (Notepad: Save As)"
        return None, [FileProblem(file=file, line=line, vi=vi, en=en)]


def read_yaml(file: str, raw: bytes) -> tuple[Document | None, list[FileProblem]]:
    """The document of a YAML file, None when it cannot be read at all; never raises."""
    text, problems = decode(file, raw, MAX_BYTES)
    if text is None:
        return None, problems
    reader = _Reader(file, YAML(typ="safe", pure=True).parse(text))
    try:
        data = reader.document()
    except YAMLError as error:
        return None, [*reader.problems, _open_quote(file, text) or _syntax(file, error)]
    except _UnreadableError:
        return None, reader.problems
    if not isinstance(data, dict):
        vi = 'tệp trống hoặc không gồm các dòng "khóa: giá trị"; xem docs/campaigns.md'
        en = 'the file is empty or not made of "key: value" lines; see docs/campaigns.md'
        return None, [*reader.problems, FileProblem(file=file, line=1, vi=vi, en=en)]
    return Document(file, data, reader.lines, reader.labels), reader.problems


class _UnreadableError(Exception):
    """Reading cannot go on; the problem is in the reader's list."""


def _in_vietnamese(what: str) -> str:
    """What the parser means, by its words; of what is rare only that it cannot be read here."""
    return next((vi for words, vi in _FAULTS if words in what), "không đọc được từ chỗ này")


_SHOWN = 40
"""Letters of a text whose quote is open; enough to find it in its line."""


def _open_quote(file: str, text: str) -> FileProblem | None:
    """A quote that was left open, where it was opened; the parser tells it where it noticed."""
    found = open_quote(text)
    if found is None:
        return None
    shown = found.text[:_SHOWN]
    return FileProblem(
        file=file,
        line=found.line,
        vi=f"sai cú pháp YAML: dấu nháy chưa đóng, mở ở {shown} ; đóng bằng cùng dấu nháy ở cuối "
        "chữ, dấu nháy bên trong viết “ ”",
        en=f"not valid YAML: a quote is not closed, it opens at {shown} ; close every quote by its "
        "own at the end of the text, and write quotes inside it “ ”",
    )


def _syntax(file: str, error: YAMLError) -> FileProblem:
    line, what = 1, ""
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if error.context_mark is not None and (error.context or "").startswith(_OPENED):
            mark = error.context_mark  # what was not closed is mended where it was opened
        line = mark.line + 1 if mark is not None else 1
        what = " ".join(part for part in (error.context, error.problem) if part)
    return FileProblem(
        file=file,
        line=line,
        vi=f"sai cú pháp YAML: {_in_vietnamese(what)}; xem dòng này và dòng trên: "
        "thụt lề bằng dấu cách, sau dấu hai chấm có dấu cách, dấu nháy phải đóng",
        en=f"not valid YAML ({what or 'unreadable'}); look at this line and the one above: "
        "indent with spaces, a space after each colon, close every quote",
    )


def _scalar(event: ScalarEvent) -> object:
    text = nfc(str(event.value))
    if event.style:  # quoted or a block: text, whatever it looks like
        return text
    if text in _NULL:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


@dataclass(slots=True)
class _Reader:
    """Makes plain data of events, and notes lines, labels and problems as it goes."""

    file: str
    events: Iterator[Event]
    lines: dict[Path, int] = field(default_factory=dict)
    labels: dict[Path, str] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)

    def document(self) -> object:
        """The data of the only document; None for an empty file."""
        data: object = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._add_problem(
                        event, "chỉ một phần; bỏ dòng ---", "one part only; remove ---"
                    )
                    raise _UnreadableError
                data = self._value(next(self.events), ())
            elif isinstance(event, StreamEndEvent):
                break
        return data

    def _add_problem(self, event: Event, vi: str, en: str) -> None:
        line = event.start_mark.line + 1
        self.problems.append(FileProblem(file=self.file, line=line, vi=vi, en=en))

    def _value(self, event: Event, path: Path) -> object:
        self._refuse_extras(event)
        self.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > MAX_DEPTH:
            self._add_problem(
                event,
                f"lồng sâu hơn {MAX_DEPTH} tầng; xem lại thụt lề",
                f"nested deeper than {MAX_DEPTH} levels; check the indentation",
            )
            raise _UnreadableError
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        msg = f"the parser says {event}, which begins no value"
        raise TypeError(msg)

    def _refuse_extras(self, event: Event) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._add_problem(
                event,
                "không dùng neo & và *; viết lại giá trị đầy đủ, hoặc đặt chữ trong dấu nháy",
                "anchors & and aliases * are not taken; write the value out, or put text in quotes",
            )
            raise _UnreadableError
        if getattr(event, "tag", None) is not None:
            self._add_problem(
                event,
                "không dùng nhãn !; bỏ nhãn, hoặc đặt chữ trong dấu nháy",
                "tags with ! are not taken; remove it, or put text in quotes",
            )

    def _sequence(self, path: Path) -> list[object]:
        items: list[object] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                vi = "khóa phải là một từ, không phải danh sách hay nhóm; xem lại dấu ngoặc"
                en = "a key is a word, not a list or a group; check the brackets"
                self._add_problem(event, vi, en)
                raise _UnreadableError
            self._refuse_extras(event)
            key = nfc(str(event.value))
            here = (*path, key)
            if key in result:
                first = self.lines[here]
                name = spell(here, self.labels)
                vi = f"{name}: khóa viết hai lần (lần đầu ở dòng {first}); bỏ một lần"
                en = f"{name}: the key comes twice (first in line {first}); remove one"
                self._add_problem(event, vi, en)
                self._value(next(self.events), (*here, "again"))
                continue
            self.lines[here] = event.start_mark.line + 1
            result[key] = self._value(next(self.events), here)
            if key == "id" and path:
                self.labels[path] = str(result[key])[:LABEL_CHARACTERS]
        return result
