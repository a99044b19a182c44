"""What typer says of a command line that it does not understand, in Vietnamese."""

import re
from collections.abc import Sequence

_Sentences = Sequence[tuple[str, str]]
"""Of an English sentence the pattern; the Vietnamese one, with `{}` for each group."""

_COMMAND_LINE: _Sentences = (
    (r"No such option: (\S+) \(Possible options: (.+)\)", "Không có tùy chọn {}; có {}."),
    (r"No such option: (\S+)", "Không có tùy chọn {}."),
    (r"No such command (.+)\. Did you mean (.+)\?", "Không có lệnh {}; có thể là {}."),
    (r"No such command (.+)\.", "Không có lệnh {}."),
    (r"Missing command\.", "Thiếu tên lệnh."),
    (r"Missing argument ('.+?'|\S+?)\.(?s:.*)", "Thiếu tham số {}."),
    (r"Missing option (.+?)\.(?s:.*)", "Thiếu tùy chọn {}."),
    (r"Got unexpected extra argument\(s\) \((.*)\)", "Thừa tham số: {}."),
    (r"Option (.+) requires an argument\.", "Tùy chọn {} cần một giá trị."),
    (r"Option (.+) does not take a value\.", "Tùy chọn {} không nhận giá trị."),
)
_VALUES: _Sentences = (
    (r"Input should be a valid integer.*", "Phải là số nguyên."),
    (r"Input should be a valid number.*", "Phải là số, viết với dấu chấm thập phân."),
    (r"Input should be less than or equal to (?P<limit>.+)", "Không được lớn hơn {}."),
    (r"Input should be greater than or equal to (?P<limit>.+)", "Không được nhỏ hơn {}."),
    (r"Value error, (.+?) is not one of (.+)\.", "Không có giá trị {}; chọn một trong: {}."),
    (r"(?:dir|file|path) (.+) does not exist\.", "Không tìm thấy {}."),
    (r"(?:dir|file|path) (.+) is a file\.", "{} là tệp, không phải thư mục."),
    (r"(?:dir|file|path) (.+) is a directory\.", "{} là thư mục, không phải tệp."),
    (r"(?:dir|file|path) (.+) is not readable\.", "Không đọc được {}."),
)


def in_vietnamese(text: str) -> str:
    """A refusal of typer's in Vietnamese; what it passes on of ours is so already."""
    if value := re.fullmatch(r"Invalid value for (.+?): (.*)", text, re.DOTALL):
        where, what = value.groups()
        return f"{where}: {_translated(what, _VALUES)}"
    return _translated(text, _COMMAND_LINE)


def _translated(text: str, sentences: _Sentences) -> str:
    for pattern, vi in sentences:
        if found := re.fullmatch(pattern, text):
            limit = "limit" in found.groupdict()
            return vi.format(
                *(part.replace(".", ",") if limit else part for part in found.groups())
            )
    return text
