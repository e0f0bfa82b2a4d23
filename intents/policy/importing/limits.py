"""How much of a file is read. Beyond these a file or a row is refused, so that memory stays small whatever comes."""

from __future__ import annotations

from typing import Final

MOST_ROWS: Final = 20_000
"""Rows of one file or sheet."""
MOST_COLUMNS: Final = 100
LONGEST_LINE: Final = 4_000_000
"""Bytes of a line of text: a body at its limit, every character escaped, fits many times."""
LARGEST_TEXT: Final = 4_000_000
"""Bytes of a text file that is one entry."""
LARGEST_FRONT_MATTER: Final = 64_000
DEEPEST_FRONT_MATTER: Final = 3
LARGEST_OFFICE_FILE: Final = 50_000_000
"""Bytes of a Word or Excel file as it lies on the disk."""
LARGEST_DIRECTORY: Final = 1_000_000
"""Bytes of a zip's directory, looked at before the directory is read."""
MOST_MEMBERS: Final = 2_000
LARGEST_UNPACKED: Final = 400_000_000
"""Bytes that a zip says it holds; beyond it is not opened."""
RATIO_FROM: Final = 1_000_000
HIGHEST_RATIO: Final = 200
"""To how many times its size a member larger than `RATIO_FROM` may unpack: real Word and Excel files stay under 100."""
LARGEST_WORD_XML: Final = 20_000_000
LARGEST_EXCEL_XML: Final = 50_000_000
"""Bytes of XML that are really unpacked and read."""
MOST_NODES: Final = 1_000_000
"""XML elements and attributes of a Word file: each costs about 250 bytes of memory, however short it is."""
MOST_LINES: Final = 50_000
"""Of a text file that is one entry."""
MOST_CELLS: Final = 1_000_000
MOST_SHEET_TEXT: Final = 30_000_000
"""Characters of a sheet: a text that is written once may be shown in any number of cells."""
MOST_SHEETS: Final = 50
