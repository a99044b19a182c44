"""The text of a file by its bytes: UTF-8, UTF-16 or Windows-1258; never guessed at silently.

Fonts of the nineties, TCVN3 (.VnTime) and VNI, put Vietnamese letters where other programs have
signs. Such a file is recognised and refused with what to do: a wrong guess would change names.
"""

import re
import unicodedata

from services.contracts.sheets.sheet import UnreadableSheetError

_VOWELS = "aăâeêioôơuưy"
_LETTERS = frozenset(
    unicodedata.normalize("NFC", vowel + mark)
    for vowel in _VOWELS
    for mark in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
) | {"đ"}
"""Letters that Vietnamese has and ASCII may lack, small."""
_MARKS = frozenset("“”‘’–—…•·«»°§€\u00a0")
"""Signs that stand between words, in Windows-1258 too."""
_TCVN3 = dict(
    zip(
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcddde"
            "dfe1e2e3e4e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe"
        ),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_VNI = frozenset(bytes.fromhex("e0e1e2e3e4e5e6e8e9eaebecedeeeff1f2f3f4f5f6f8f9fafbfc"))
"""Bytes of VNI behind or instead of a small vowel; of capitals they are 32 less."""
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


_OTHER = (
    (b"\x89PNG", "ảnh PNG", "a PNG image"),
    (b"\xff\xd8\xff", "ảnh JPEG", "a JPEG image"),
    (b"%PDF", "tệp PDF", "a PDF file"),
    (b"\xd0\xcf\x11\xe0", "tệp Excel cũ (.xls) hoặc có mật khẩu", "an old .xls, or has a password"),
)
_LOOKED_AT = 200
"""Bytes among which UTF-16 without its mark has some that are 0."""


def decode_text(raw: bytes) -> str:
    """The text, NFC. Raises UnreadableSheetError with what to do where it can't be told."""
    return unicodedata.normalize("NFC", _decoded(raw))


def _decoded(raw: bytes) -> str:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], encoding)
    for mark, vi, en in _OTHER:
        if raw.startswith(mark):
            raise UnreadableSheetError(
                f"đây là {vi}, không phải bảng; mở bằng Excel và lưu dạng .xlsx hoặc CSV UTF-8",
                f"this is {en} and no table; open it in Excel and save it as .xlsx or CSV UTF-8",
            )
    if b"\0" in raw[:_LOOKED_AT]:
        return _strictly(raw, "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    if (text := _windows(raw)) is not None:
        return text
    if _is_tcvn3(raw):
        raise UnreadableSheetError(
            "chữ theo bảng mã TCVN3 (phông .VnTime); trong Excel, chuyển mã sang "
            "Unicode (Unikey: Công cụ, Chuyển mã), rồi lưu dạng CSV UTF-8",
            "letters in TCVN3 (fonts like .VnTime); convert them to Unicode (Unikey: "
            "toolkit), then save as CSV UTF-8",
            line,
        )
    if _is_vni(raw):
        raise UnreadableSheetError(
            "chữ theo bảng mã VNI (phông VNI-Times); trong Excel, chuyển mã sang "
            "Unicode (Unikey: Công cụ, Chuyển mã), rồi lưu dạng CSV UTF-8",
            "letters in VNI (fonts like VNI-Times); convert them to Unicode (Unikey: "
            "toolkit), then save as CSV UTF-8",
            line,
        )
    raise UnreadableSheetError(
        "không phải UTF-8; lưu lại tệp với bảng mã UTF-8 (Excel: CSV UTF-8)",
        "not UTF-8; save the file with the encoding UTF-8 (Excel: CSV UTF-8)",
        line,
    )


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableSheetError(
            f"tệp hỏng: không đọc hết được theo {encoding.upper()}; lưu lại dạng CSV UTF-8",
            f"the file is broken: not all of it is {encoding.upper()}; save it as CSV UTF-8",
        ) from None


def _windows(raw: bytes) -> str | None:
    """The text of Windows-1258, where each letter of it is one that Vietnamese has."""
    try:
        text = unicodedata.normalize("NFC", raw.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    foreign = {letter.lower() for letter in text if not letter.isascii()} - _LETTERS - _MARKS
    return None if foreign else text


def _is_tcvn3(raw: bytes) -> bool:
    high = {byte for byte in raw if byte > 127}  # noqa: PLR2004  # above ASCII
    return bool(high) and high <= _TCVN3.keys() and _reads_as_words(_as_tcvn3(raw))


def _as_tcvn3(raw: bytes) -> str:
    return "".join(_TCVN3.get(byte, chr(byte)) for byte in raw)


def _reads_as_words(text: str) -> bool:
    """Whether words that are not ASCII mostly have one accented vowel, as syllables do."""
    words = [word for word in re.findall(r"\w+", text.lower()) if not word.isascii()]
    right = sum(
        sum(_has_tone(letter) for letter in word) <= 1 and len(word) <= 7  # noqa: PLR2004  # nghiêng
        for word in words
    )
    return right * 10 >= len(words) * 9


def _has_tone(letter: str) -> bool:
    marks = unicodedata.normalize("NFD", letter)[1:]
    return any(mark in "\u0300\u0301\u0303\u0309\u0323" for mark in marks)


def _is_vni(raw: bytes) -> bool:
    high = [byte for byte in raw if byte > 127]  # noqa: PLR2004  # above ASCII
    known = sum(byte in _VNI or byte + 32 in _VNI for byte in high)
    return known * 10 >= len(high) * 9
