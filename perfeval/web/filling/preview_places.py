"""Where on the printed pages stands what somebody is writing."""

from perfeval.documents.document import BodyTable, Heading, ReportDocument
from perfeval.reports.parts import FIGURES, GOALS, KEY_TASKS, OWN_PART
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.text.prose import clean
from perfeval.typesetting.preview import Spot, spot_of_row, spot_of_text

#: What of the outline prints a part, the best place first.
_PRINTED_BY = {
    FIGURES: ("table.figures",),
    GOALS: ("table.goals",),
    KEY_TASKS: ("paragraphs.key_tasks", "table.key_tasks"),
}
_TOP = Spot(1, 0.0)


def place_of(document: ReportDocument, scheme: Scheme, part: str, place: str) -> Spot:
    """Return where ``place`` of a part is printed, else where the part is; the first page when it is nowhere.

    ``part``: as in ``typed.typed``. ``place``: the code of an indicator or of a line of the budget table, the name of a
    row, some words of a text. ``scheme``: the tree with the department's own part.

    Raises: as ``rendering.preview.preview``.
    """
    kind, _colon, code = part.partition(":")
    if kind == "narrative":
        titles = [section.title for section in scheme.outline if section.code == code]
        return spot_of_text(document, clean(titles[0]), place) if titles else _TOP
    if kind in ("answers", OWN_PART):
        row = _row(scheme, code, place)
        return _TOP if row is None else spot_of_row(document, row)
    if kind == FIGURES:
        place = next((line.name for line in scheme.figure_lines if line.code == place), "")
    for content in _PRINTED_BY.get(kind, ()):
        for section in scheme.outline:
            if content in section.content:
                title = clean(section.title)
                return spot_of_text(document, title, place or _caption_below(document, title))
    return _TOP


def _caption_below(document: ReportDocument, title: str) -> str:
    """Return the caption of the first table below a heading, empty when none follows."""
    blocks = iter(document.blocks)
    if any(isinstance(block, Heading) and block.text == title for block in blocks):
        return next((block.caption for block in blocks if isinstance(block, BodyTable)), "")
    return ""


def _row(scheme: Scheme, group: str, place: str) -> int | None:
    """Return the row of the score sheet: that of the indicator ``place``, else the first of the group or the own part."""
    leaves = list(scheme.leaves())
    below = {leaf.code for node in scheme.walk() if node.code == group for leaf in node.leaves()}

    def is_meant(leaf: Indicator) -> bool:
        return leaf.code in below if below else leaf.is_own

    for wanted in (lambda leaf: place in (leaf.code, leaf.name), is_meant):
        for number, leaf in enumerate(leaves):
            if wanted(leaf):
                return number
    return None
