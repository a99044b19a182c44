"""A workbook of Excel (.xlsx), behind limits before anything of it is parsed.

A file of half a megabyte can take half a gigabyte in a parser, so it is measured while it is
inflated, and parsed in a process of its own with limits of memory and time (`workbook_child.py`).
"""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

from services.contracts.sheets.sheet import Sheet, SheetRow, UnreadableSheetError

MIB = 1024 * 1024
MOST_BYTES = 5 * MIB
MOST_INFLATED = 50 * MIB
MOST_ENTRIES = 200
SECONDS = 20
MEMORY = 1024 * MIB
"""Of the child, its libraries included."""
_CHUNK = 64 * 1024
_ZIP = b"PK\x03\x04"
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_CHILD = Path(__file__).with_name("workbook_child.py")


def is_workbook(raw: bytes) -> bool:
    """Whether the bytes are those of a ZIP archive, as .xlsx is, whatever the file is called."""
    return raw.startswith(_ZIP)


def read_workbook(raw: bytes) -> list[Sheet]:
    """Its visible sheets.

    Raises UnreadableSheetError where it is too large, broken or no workbook.
    """
    _measure(raw)
    try:
        # Our own file by our own interpreter; what others wrote goes in as bytes.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_CHILD), str(MEMORY), str(SECONDS)],
            input=raw,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_large(f"{SECONDS} s") from None
    if done.returncode:
        if b"CalamineError" in done.stderr or b"ZipError" in done.stderr:
            raise _broken()
        raise _too_large(f"{MEMORY // MIB} MiB")
    return [
        Sheet(
            tuple(
                SheetRow(line, tuple(cells), is_hidden=line in sheet["hidden"])
                for line, cells in enumerate(sheet["rows"], 1)
                if any(cells)
            ),
            name=sheet["name"],
        )
        for sheet in json.loads(done.stdout)
    ]


def _measure(raw: bytes) -> None:
    """Refuse what is too large before it is parsed."""
    if len(raw) > MOST_BYTES:
        raise _too_large(f"{MOST_BYTES // MIB} MiB")
    inflated = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _too_large(f"{MOST_ENTRIES} entries")
            for entry in entries:
                with archive.open(entry) as file:
                    before = b""
                    while chunk := file.read(_CHUNK):
                        inflated += len(chunk)
                        if inflated > MOST_INFLATED:
                            raise _too_large(f"{MOST_INFLATED // MIB} MiB")
                        if any(doctype in before + chunk for doctype in _DOCTYPES):
                            raise UnreadableSheetError(
                                "tệp Excel có khai báo DOCTYPE, Excel không tự ghi như vậy; mở "
                                "bằng Excel và lưu lại dạng .xlsx",
                                "the workbook declares a DOCTYPE, which Excel never writes; open "
                                "it in Excel and save it as .xlsx",
                            )
                        before = chunk[-32:]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
    ) as e:
        if isinstance(e, UnreadableSheetError):
            raise
        raise _broken() from None
    except RuntimeError:  # how zipfile says that there is a password
        raise UnreadableSheetError(
            "tệp Excel có mật khẩu; bỏ mật khẩu rồi lưu lại",
            "the workbook has a password; save it without one",
        ) from None


def _too_large(limit: str) -> UnreadableSheetError:
    return UnreadableSheetError(
        f"tệp Excel quá lớn để đọc an toàn (quá {limit}); chép riêng bảng cần dùng sang tệp mới",
        f"the workbook is too large to be read safely (over {limit}); copy the table alone into a "
        "new file",
    )


def _broken() -> UnreadableSheetError:
    return UnreadableSheetError(
        "tệp Excel hỏng hoặc không phải .xlsx; mở bằng Excel và lưu lại dạng .xlsx, hoặc CSV UTF-8",
        "the workbook is broken or no .xlsx; open it in Excel and save it as .xlsx or CSV UTF-8",
    )
