"""Reading YAML from people: plain data with lines, and nothing that YAML can do beyond that.

No tags, no anchors and aliases (a few of them can make gigabytes), one document, bounded size and
depth. The text is read twice: as events, which is iterative and refuses what is not wanted, and
then as nodes, of which only plain data is made; no constructor of the library ever runs.
"""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionStartEvent, Event, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.contracts.campaign.document import Document, Path, spell
from services.contracts.campaign.problems import Problem
from services.contracts.events.base import nfc

MAX_BYTES = 1_000_000
"""A rule set of a whole ministry is some 100 kB; a megabyte is no text that a person wrote."""
MAX_DEPTH = 24
"""The deepest place of a campaign's file is nine levels down."""

_OPENED = ("while scanning a quoted scalar", "while parsing a flow")
_TAG = "tag:yaml.org,2002:"


def _parser() -> YAML:
    return YAML(typ="safe", pure=True)


def decode(file: str, raw: bytes, limit: int) -> tuple[str | None, list[Problem]]:
    """The text of a file: UTF-8, with or without a byte order mark, up to `limit` bytes."""
    if len(raw) > limit:
        vi = f"tệp lớn hơn {limit} byte; chia nhỏ hoặc bỏ phần thừa"
        en = f"the file has more than {limit} bytes; take out what does not belong here"
        return None, [Problem(file=file, line=1, vi=vi, en=en)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        vi = "không phải UTF-8; lưu lại tệp với bảng mã UTF-8"
        en = "not UTF-8; save the file with the encoding UTF-8"
        return None, [Problem(file=file, line=line, vi=vi, en=en)]


def read_yaml(file: str, raw: bytes) -> tuple[Document | None, list[Problem]]:
    """The document of a YAML file, None when it cannot be read at all; never raises."""
    text, problems = decode(file, raw, MAX_BYTES)
    if text is None:
        return None, problems
    try:
        problems = _unwanted(file, text)
        if problems:
            return None, problems
        node = _parser().compose(text)
    except YAMLError as error:
        return None, [_syntax(file, error)]
    if not isinstance(node, MappingNode):
        vi = 'tệp trống hoặc không gồm các dòng "khóa: giá trị"; xem docs/campaigns.md'
        en = 'the file is empty or not made of "key: value" lines; see docs/campaigns.md'
        return None, [Problem(file=file, line=1, vi=vi, en=en)]
    reader = _Reader(file)
    data = reader.plain(node, ())
    return Document(file, data, reader.lines, reader.labels), reader.problems


def _syntax(file: str, error: YAMLError) -> Problem:
    line, what = 1, "unreadable"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if error.context_mark is not None and (error.context or "").startswith(_OPENED):
            mark = error.context_mark  # what was not closed is mended where it was opened
        line = mark.line + 1 if mark is not None else 1
        what = " ".join(part for part in (error.context, error.problem) if part)
    return Problem(
        file=file,
        line=line,
        vi=f"sai cú pháp YAML ({what}); xem dòng này và dòng trên: thụt lề bằng dấu cách, "
        "sau dấu hai chấm có dấu cách, dấu nháy phải đóng",
        en=f"not valid YAML ({what}); look at this line and the one above: indent with spaces, "
        "a space after each colon, close every quote",
    )


def _unwanted(file: str, text: str) -> list[Problem]:
    """Anchors, aliases, tags and too deep nesting, found before anything is built."""
    problems: list[Problem] = []
    depth = 0
    event: Event
    for event in _parser().parse(text):
        found: tuple[str, str] | None = None
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            found = (
                "không dùng neo & và *; viết lại giá trị đầy đủ, hoặc đặt chữ trong dấu nháy",
                "anchors & and aliases * are not taken; write the value out, or put text in quotes",
            )
        elif getattr(event, "tag", None) is not None:
            found = (
                "không dùng nhãn !; bỏ nhãn, hoặc đặt chữ trong dấu nháy",
                "tags with ! are not taken; remove it, or put text in quotes",
            )
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                found = (
                    f"lồng sâu hơn {MAX_DEPTH} tầng; xem lại thụt lề",
                    f"nested deeper than {MAX_DEPTH} levels; check the indentation",
                )
        elif type(event).__name__ in {"SequenceEndEvent", "MappingEndEvent"}:
            depth -= 1
        if found:
            line = event.start_mark.line + 1
            problems.append(Problem(file=file, line=line, vi=found[0], en=found[1]))
        if depth > MAX_DEPTH:
            break
    return problems


def _scalar(node: Node) -> object:
    """A plain value; days stay texts, the models read them."""
    text = nfc(str(node.value))
    try:
        if node.tag == _TAG + "null":
            return None
        if node.tag == _TAG + "bool":
            return text.lower() == "true"
        if node.tag == _TAG + "int":
            return int(text)
        if node.tag == _TAG + "float":
            return float(text)
    except ValueError:
        return text
    return text


@dataclass(slots=True)
class _Reader:
    file: str
    lines: dict[Path, int] = field(default_factory=dict)
    labels: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def plain(self, node: Node, path: Path) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.plain(item, (*path, at)) for at, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                vi = "khóa phải là một từ, không phải danh sách hay nhóm; xem lại dấu ngoặc"
                en = "a key is a word, not a list or a group; check the brackets"
                self.problems.append(Problem(file=self.file, line=line, vi=vi, en=en))
                continue
            key = nfc(str(key_node.value))
            here = (*path, key)
            if key in result:
                first = self.lines[here]
                name = spell(here, self.labels)
                vi = f"{name}: khóa viết hai lần (lần đầu ở dòng {first}); bỏ một lần"
                en = f"{name}: the key comes twice (first in line {first}); remove one"
                self.problems.append(Problem(file=self.file, line=line, vi=vi, en=en))
                continue
            self.lines[here] = line
            result[key] = self.plain(value_node, here)
            if key == "id" and path:
                self.labels[path] = str(result[key])[:40]
        return result
