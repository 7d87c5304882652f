"""A scheme as an Excel workbook: the usual sheet in front, everything else as rows behind it."""

from perfeval.scoring.scheme import Scheme
from perfeval.sheets.grid import Grid, grid_of
from perfeval.sheets.main_page import main_page
from perfeval.sheets.tables import pages_of
from perfeval.sheets.workbook import write_workbook


def scheme_as_excel(scheme: Scheme) -> bytes:
    """Return the workbook; ``ours.read_ours`` of it gives an equal scheme.

    Raises: workbook.TextTooLong for a text that no cell can hold.
    """
    return write_workbook((main_page(scheme), *pages_of(scheme)))


def scheme_as_grids(scheme: Scheme) -> tuple[Grid, ...]:
    """Return the workbook's sheets as they would be read again, without Excel between."""
    return tuple(grid_of(page) for page in (main_page(scheme), *pages_of(scheme)))
