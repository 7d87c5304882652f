"""What the Excel files say besides the reports' own words."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "workbook.toml"


@cache
def wording() -> Mapping[str, str]:
    """Return the words of the workbooks."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
