"""A workbook as a draft scheme: each row as it was understood, its rule where one is proposed.

A workbook of ours carries its rules as rows; then the main sheet is held against them, and what a
person changed there counts and is told. Any other workbook is read as a bureau's usual sheet. What a
sheet cannot say (the budget table, grades, the outline) is taken from a ``base`` scheme.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.scheme.reading import SchemeProblems, read_draft
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.scoring.scheme.writing import scheme_as_tables
from perfeval.sheets.codes import Codes
from perfeval.sheets.columns import ColumnRole, Header, guessed_header, with_roles
from perfeval.sheets.grid import Grid, column_letters
from perfeval.sheets.main_page import SHEET
from perfeval.sheets.ours import as_understood, place_of, shows, shows_of, tell_changes
from perfeval.sheets.several import parts_of, together
from perfeval.sheets.standard import SchemeAround
from perfeval.sheets.standards import BY_HAND, Proposal, propose, propose_adjustment
from perfeval.sheets.tables import is_ours, read_tables, text_of
from perfeval.sheets.understood import Remark, Remarks, SheetNode, Understood
from perfeval.sheets.usual import LONGEST_NAME, candidates, tables, understand

_SKELETON = Path(__file__).parent / "skeleton.toml"
#: What the base scheme gives: everything but its indicators and what hangs on them.
_OWN_PARTS = ("indicator", "slot", "unverified")


class RuleOrigin(StrEnum):
    """Where an indicator's rule comes from."""

    GROUP = "group"  # it has none
    KNOWN = "known"  # the workbook's own rule sheet
    BASE = "base"  # the base scheme has the same indicator with the same standard
    PROPOSED = "proposed"  # from the wording of the standard, to be confirmed
    BY_HAND = "by_hand"  # nothing is proposed


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """One indicator of the draft: as the sheet states it, its code, its rule and why this one."""

    node: SheetNode
    code: str
    origin: RuleOrigin
    rule: Mapping[str, Any] | None = None
    proposal: Proposal | None = None
    kept: Mapping[str, Any] | None = None  # its table in a workbook of ours, or in the base


@dataclass(frozen=True, slots=True)
class Head:
    """What names a scheme."""

    code: str
    version: int
    name: str
    authority: str
    year: int
    source: str


@dataclass(frozen=True, slots=True)
class Import:
    """A workbook as it was understood. ``tables``: of a workbook of ours, all that its rows state.

    ``is_whole_book``: several sheets are its parts; ``sheet`` is the first of them. Its nodes may have
    four levels; ``draft_of`` makes three of them.
    """

    sheet: str
    sheets: tuple[str, ...]
    header: Header | None
    title: str
    year: int | None
    lines: tuple[ImportedLine, ...]
    remarks: tuple[Remark, ...]
    full_score: Decimal
    tables: Mapping[str, Any] | None = None
    is_whole_book: bool = False

    @property
    def is_ours(self) -> bool:
        """Return whether the workbook carries its rules."""
        return self.tables is not None

    @property
    def guesses(self) -> tuple[ImportedLine, ...]:
        """Return the lines whose rule a person has to confirm."""
        return tuple(line for line in self.lines if line.origin is RuleOrigin.PROPOSED)


class NotUnderstood(Exception):
    """No sheet has a header with indicators and weights or standards; ``sheets`` were looked at."""

    def __init__(self, sheets: tuple[str, ...]) -> None:
        """Name the sheets."""
        super().__init__(", ".join(sheets))
        self.sheets = sheets


class RowsRefused(Exception):
    """The rows of a workbook of ours cannot be read; each problem with the cell it stands in."""

    def __init__(self, problems: tuple[tuple[str, FormatProblem], ...]) -> None:
        """Keep the problems."""
        super().__init__("\n".join(f"{place}: {problem}" for place, problem in problems))
        self.problems = problems


@cache
def skeleton() -> Scheme:
    """Return what stands in for a base scheme where there is none."""
    return read_draft(_SKELETON.read_text(encoding="utf-8"))


def read_import(
    grids: Sequence[Grid],
    base: Scheme,
    *,
    sheet: str = "",
    roles: Mapping[int, ColumnRole] | None = None,
) -> Import:
    """Return the workbook as it is understood; ``sheet`` and ``roles`` say it where a person did.

    Raises: NotUnderstood; RowsRefused for a workbook of ours.
    """
    if is_ours(grids) and not roles and sheet in ("", SHEET):
        return _read_ours(grids)
    visible = [grid for grid in grids if not grid.is_hidden]
    heads = {grid.name: tables(grid) for grid in visible}
    remarks = Remarks()
    if not any(heads.values()):
        guess = _guess(visible, sheet)
        if guess is None:
            raise NotUnderstood(tuple(grid.name for grid in visible))
        grid, header = guess
        heads[grid.name] = [header]
        if not roles or set(roles.values()) == {ColumnRole.IGNORED}:
            remarks.fault("header_unknown", f"{header.first_row}", row=str(header.first_row))
    held = [grid for grid in visible if heads[grid.name]]
    chosen = [grid for grid in held if grid.name == sheet] or held
    parts = []
    for grid in chosen:
        header, *further = heads[grid.name]
        if roles and header.texts == heads[chosen[0].name][0].texts:
            header = with_roles(header, roles)
        parts.append(understand(grid, header, further))
    if len(parts) > 1:
        parts = parts_of(parts, remarks)
    understood = together(parts)
    names = {part.sheet for part in parts}
    _tell_left_out(grids, held, names, remarks)
    for grid in chosen:
        columns = [column for column in grid.columns if column in grid.hidden_columns]
        if columns and grid.name in names:
            letters = "、".join(column_letters(column) for column in columns)
            remarks.tell("hidden_columns", letters, columns=letters)
    folded = _folded(understood.nodes)
    for index in folded:
        node = understood.nodes[index]
        remarks.tell("level_folded", node.place, name=node.name)
    return Import(
        sheet=parts[0].sheet,
        sheets=tuple(grid.name for grid in held),
        header=parts[0].header,
        title=understood.title,
        year=understood.year,
        lines=_lines(understood, base, {}),
        remarks=(*understood.remarks, *remarks.found),
        full_score=understood.stated_total or base.full_score,
        is_whole_book=len(parts) > 1,
    )


def _guess(visible: Sequence[Grid], sheet: str) -> tuple[Grid, Header] | None:
    """Return the sheet, the chosen one first, whose header has words that nobody knows."""
    for grid in sorted(visible, key=lambda one: one.name != sheet):
        header = guessed_header(grid)
        if header:
            return grid, header
    return None


def _tell_left_out(
    grids: Sequence[Grid], held: Sequence[Grid], read: Collection[str], remarks: Remarks
) -> None:
    """Tell of every sheet that holds anything and was not read."""
    for other in grids:
        if other.is_hidden and other.cells:
            remarks.tell("hidden_sheet", other.name, name=other.name)
        elif not other.is_hidden and other.cells and other.name not in read:
            code = "sheet_left_out" if other in held else "sheet_without_table"
            remarks.tell(code, other.name, name=other.name)


def _folded(nodes: Sequence[SheetNode]) -> list[int]:
    """Return the places of third-level groups: a scheme has three levels, so they join their leaves."""
    return [n for n, node in enumerate(nodes) if node.level == 3 and not node.is_leaf]


def draft_of(imported: Import, head: Head, base: Scheme, by_hand: Collection[str] = ()) -> Scheme:
    """Return the draft of what was understood; ``by_hand``: codes whose proposal was not taken.

    Raises: scoring.reading.SchemeProblems where even a draft cannot be read.
    """
    tables = dict(imported.tables) if imported.tables is not None else _base_tables(base)
    tables |= {
        "code": head.code,
        "version": head.version,
        "name": head.name,
        "authority": head.authority,
        "year": head.year,
        "source": head.source,
    }
    if imported.tables is None:
        tables["full_score"] = imported.full_score
        own = {line.code for line in imported.lines if line.origin is RuleOrigin.BASE}
        slots = [
            slot for slot in scheme_as_tables(base).get("slot", []) if slot["indicator"] in own
        ]
        tables |= {"slot": slots} if slots else {}
    indicators = list(_indicator_tables(imported, by_hand))
    if indicators:
        tables["indicator"] = indicators
    return read_draft(text_of(_in_order(tables)))


def _base_tables(base: Scheme) -> dict[str, Any]:
    tables = scheme_as_tables(base)
    unverified = base.unverified if base is skeleton() else ""
    tables = {key: value for key, value in tables.items() if key not in _OWN_PARTS}
    return tables | ({"unverified": unverified} if unverified else {})


def _in_order(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables with single values first, as TOML wants them."""
    return dict(sorted(tables.items(), key=lambda item: isinstance(item[1], list | dict)))


# ── any bureau's sheet ────────────────────────────────────────────────────────────────────────────


def _lines(
    understood: Understood, base: Scheme, kept: Mapping[str, Mapping[str, Any]]
) -> tuple[ImportedLine, ...]:
    """Return the nodes with codes and rules; ``kept``: tables of a workbook of ours by code."""
    known = SchemeAround(
        frozenset(base.amount_references()),
        {category.code: category.name for category in base.goal_categories},
    )
    codes = Codes(understood, base, kept)
    of_base = {table["code"]: table for table in scheme_as_tables(base).get("indicator", [])}
    lines = []
    for index, node in enumerate(understood.nodes):
        code = codes.code(index)
        line = ImportedLine(node, code, RuleOrigin.GROUP)
        if code in kept:
            rule = kept[code].get("rule") if node.is_leaf else None
            line = ImportedLine(
                node, code, RuleOrigin.KNOWN if rule else RuleOrigin.GROUP, rule, kept=kept[code]
            )
        elif same := _same(node, codes.same_in_base(index)):
            origin = RuleOrigin.BASE if node.is_leaf else RuleOrigin.GROUP
            own = of_base[same.code]
            line = ImportedLine(node, code, origin, own.get("rule"), kept=own)
        elif node.is_leaf:
            line = _leaf_line(node, code, known)
        lines.append(line)
    return tuple(lines)


def _same(node: SheetNode, kept: Indicator | None) -> Indicator | None:
    """Return the base's indicator of the same names if it says the same of this one.

    A leaf without a rule is a slot there, which the department fills.
    """
    if kept is None or kept.is_leaf != node.is_leaf:
        return None
    is_same = kept.standard == node.standard and kept.weight == node.weight
    return kept if is_same or not node.is_leaf else None


def _leaf_line(node: SheetNode, code: str, known: SchemeAround) -> ImportedLine:
    """Return a leaf with the rule that its standard is taken for, or scored by hand."""
    if node.is_adjustment:
        proposal = propose_adjustment(node.standard, node.weight)
    else:
        proposal = propose(node.name, node.standard, node.weight, known)
    origin = RuleOrigin.BY_HAND if proposal.rule is BY_HAND else RuleOrigin.PROPOSED
    return ImportedLine(node, code, origin, proposal.rule, proposal)


def _indicator_tables(imported: Import, by_hand: Collection[str]) -> Sequence[dict[str, Any]]:
    """Return the indicators as the file has them, flat, parents first."""
    nodes = [line.node for line in imported.lines]
    tables = []
    folded = set(_folded(nodes))
    for index, line in enumerate(imported.lines):
        if index in folded:
            continue
        node = line.node
        if node.parent in folded:
            group = nodes[node.parent]
            name = f"{group.name}—{node.name}"[:LONGEST_NAME]
            node = replace(node, name=name, level=3, parent=group.parent)
        table = dict(line.kept or {})
        stated: dict[str, Any] = {"name": node.name, "weight": node.weight or Decimal(0)}
        if node.is_leaf:
            stated |= {"standard": _standard(node, imported.header), "evidence": node.evidence}
        # A text that differs by spaces at its ends only was not changed.
        table |= {key: new for key, new in stated.items() if _differs(table.get(key, ""), new)}
        table |= {"code": line.code}
        table.pop("parent", None)
        if node.parent is not None:
            table["parent"] = imported.lines[node.parent].code
        table.pop("rule", None)
        is_slot = line.rule is None and line.kept is not None
        if node.is_leaf and not is_slot:
            table["rule"] = dict(BY_HAND if line.code in by_hand else line.rule or BY_HAND)
        if line.kept is None:
            table["is_adjustment"] = node.is_adjustment
            table["is_scored_group"] = _is_scored_group(nodes, index)
        tables.append(
            {key: value for key, value in table.items() if value is not False and value != ""}
        )
    for table in tables:
        table.setdefault("name", "")
    return tables


def _differs(was: object, now: object) -> bool:
    """Return whether a value was changed; spaces at the ends of a text do not count."""
    if isinstance(was, str) and isinstance(now, str):
        return was.strip() != now.strip()
    return was != now


def _standard(node: SheetNode, header: Header | None) -> str:
    """Return the standard with what other columns say of the indicator below it."""
    if not node.note:
        return node.standard
    column = (
        next((n for n, role in header.roles.items() if role is ColumnRole.NOTE), 0) if header else 0
    )
    heading = (header.texts.get(column) or ("说明",))[-1] if header else "说明"
    return f"{node.standard}\n{heading}：{node.note}" if node.standard else node.note


def _is_scored_group(nodes: Sequence[SheetNode], index: int) -> bool:
    """Return whether a node gets a page of the form and a paragraph of the report.

    The second level does, or the first where leaves stand directly below it.
    """
    node = nodes[index]
    if node.level == 1:
        below = [child for child in nodes if child.parent == index]
        return node.is_leaf or any(child.is_leaf for child in below)
    if node.level == 2 and not node.is_leaf and node.parent is not None:
        return not _is_scored_group(nodes, node.parent)
    return False


# ── a workbook of ours ────────────────────────────────────────────────────────────────────────────


def _read_ours(grids: Sequence[Grid]) -> Import:
    """Return what the rows state, changed where a person changed the main sheet.

    Raises: RowsRefused.
    """
    tables, places = read_tables(grids)
    try:
        scheme = read_draft(text_of(tables))
    except SchemeProblems as refused:
        placed = tuple((place_of(problem.path, places), problem) for problem in refused.problems)
        raise RowsRefused(placed) from refused
    kept = {table["code"]: table for table in tables.get("indicator", [])}
    main = next((grid for grid in grids if grid.name == SHEET and not grid.is_hidden), None)
    pairs = candidates([main]) if main else []
    if not pairs or not main:
        understood = as_understood(scheme)
        return _ours(scheme, tables, _lines(understood, scheme, kept), ())
    understood = understand(main, pairs[0][1])
    if shows(main) == shows_of(scheme):
        # Not a cell was changed: the rows say more exactly what stands in the main sheet.
        lines = _lines(as_understood(scheme, understood), scheme, kept)
        return _ours(scheme, tables, lines, ())
    lines = _lines(understood, scheme, kept)
    remarks = Remarks()
    tell_changes([(line.node, line.code, line.kept) for line in lines], kept, remarks)
    faults = (remark for remark in understood.remarks if remark.is_fault)
    return _ours(scheme, tables, lines, (*remarks.found, *faults))


def _ours(
    scheme: Scheme,
    tables: Mapping[str, Any],
    lines: tuple[ImportedLine, ...],
    remarks: Sequence[Remark],
) -> Import:
    return Import(
        sheet=SHEET,
        sheets=(SHEET,),
        header=None,
        title=scheme.name,
        year=scheme.year,
        lines=lines,
        remarks=tuple(remarks),
        full_score=scheme.full_score,
        tables=tables,
    )
