"""Tables as people's programs write them: text in many encodings, and workbooks of Excel.

`read_sheets` gives rows of texts, each with the number that the person sees beside it; what the
columns mean is for whoever asked.
"""

from services.contracts.sheets.read import Score, read_sheets
from services.contracts.sheets.sheet import (
    Sheet,
    SheetRow,
    UnreadableSheetError,
    folded,
    letters,
)

__all__ = ["Score", "Sheet", "SheetRow", "UnreadableSheetError", "folded", "letters", "read_sheets"]
