"""A scheme as the sheets of a workbook: the usual sheet in front, everything else as rows behind it. No Excel here."""

from perfeval.scoring.scheme.tree import Scheme
from perfeval.sheets.grid import Grid, Page, grid_of
from perfeval.sheets.main_page import main_page
from perfeval.sheets.tables import pages_of


def pages_of_scheme(scheme: Scheme) -> tuple[Page, ...]:
    """Return the sheets of a scheme, to be written as a workbook."""
    return (main_page(scheme), *pages_of(scheme))


def scheme_as_grids(scheme: Scheme) -> tuple[Grid, ...]:
    """Return the workbook's sheets as they would be read again, without Excel between."""
    return tuple(grid_of(page) for page in pages_of_scheme(scheme))
