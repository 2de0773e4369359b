"""Official TSV (or hub) -> checked, prepared, memory-mapped table.

``prepare`` makes or finds a table, ``check`` reads a folder and tells everything about it, ``find_table`` and
``open_table`` lead from a record's ``table`` and ``row`` back to the pictures. Importing this room is cheap: pyarrow
and Pillow are imported when a table is made or opened.
"""

from medq_tasks.data.cache import PreparedTable
from medq_tasks.data.checking import CheckReport, as_json, check
from medq_tasks.data.preparing import find_table, prepare
from medq_tasks.data.table import OpenTable, open_table

__all__ = ["CheckReport", "OpenTable", "PreparedTable", "as_json", "check", "find_table", "open_table", "prepare"]
