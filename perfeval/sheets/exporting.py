"""A scheme as the sheets of a workbook: the usual sheet in front, everything else as rows behind it. No Excel here."""

from perfeval.scoring.scheme.tree import Scheme
from perfeval.sheets.grid import Grid, Page, grid_of
from perfeval.sheets.main_page import main_page
from perfeval.sheets.tables import Meaning, pages_of


def pages_of_scheme(scheme: Scheme, meaning_of: Meaning) -> tuple[Page, ...]:
    """Return the sheets of a scheme, to be written as a workbook; ``meaning_of`` as in ``pages_of``."""
    return (main_page(scheme), *pages_of(scheme, meaning_of))


def scheme_as_grids(scheme: Scheme, meaning_of: Meaning) -> tuple[Grid, ...]:
    """Return the workbook's sheets as they would be read again, without Excel between."""
    return tuple(grid_of(page) for page in pages_of_scheme(scheme, meaning_of))
