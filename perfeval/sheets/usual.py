"""Any bureau's sheet of indicators, understood row by row: levels, weights, subtotals, notes.

Nothing is guessed in silence: what was passed over, summed up or could not be read is a ``Remark``
with its cell.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from perfeval.sheets.columns import ColumnRole, Header, find_header, squeezed
from perfeval.sheets.grid import MOST_COLUMNS, Grid, Place, cell_name
from perfeval.sheets.numbers import WeightFault, name_and_weight, read_weight
from perfeval.sheets.sums import StatedSum, sum_up
from perfeval.sheets.understood import Remarks, SheetNode, Understood, short

#: A sheet has at most this many rows; the largest real one found has 96 leaves.
MOST_ROWS = 800
#: The longest name and text that the database takes, and that a reader would.
LONGEST_NAME, LONGEST_STANDARD = 200, 8_000

_SUM = re.compile(
    r"^(本级|本项|一级指标|二级指标|指标)?(小计|合计|总计|共计|总分|总分值|满分|合计分值)([（(:：].*)?$|.{0,20}(小计|合计)$"
)
_NOTE = re.compile(
    r"^(注|备注|说明|填表说明|填报说明|附注|填表人|联系电话|单位负责人)\s*[0-9]*\s*[:：.、]|^注[0-9]"
)
_ADJUSTMENT = re.compile(r"加减分|加分项|扣分项|附加分|加分指标|减分项|奖励分|奖惩")
_YEAR = re.compile(r"(20[0-9]{2})\s*年")


def candidates(grids: Iterable[Grid]) -> list[tuple[Grid, Header]]:
    """Return the sheets that have a header of indicators, the clearest first, hidden ones never."""
    pairs = []
    for grid in grids:
        header = None if grid.is_hidden else find_header(grid)
        if header:
            pairs.append((grid, header))
    return sorted(pairs, key=lambda pair: -pair[1].score)


def understand(grid: Grid, header: Header) -> Understood:
    """Return the indicators of a sheet whose columns mean what ``header`` says."""
    return _Reader(grid, header).read()


class _Reader:
    """Goes through the rows once and keeps what it found."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid = grid
        self.header = header
        self.nodes: list[SheetNode] = []
        self.remarks = Remarks()
        self.notes: list[str] = []
        self.open: dict[int, int] = {}  # level -> place of the node that is open there
        self.tops: dict[Place, Place] = {}
        for block in grid.merged:
            for row in range(block.top, min(block.bottom, block.top + MOST_ROWS) + 1):
                for column in range(block.left, min(block.right, MOST_COLUMNS) + 1):
                    self.tops[row, column] = (block.top, block.left)
        #: How many columns a merged block reaches over, by its first cell.
        self.widths = {(area.top, area.left): area.right - area.left for area in grid.merged}
        self.columns_of_names: dict[str, int] = {}
        self.levels = sorted(
            (role.level, column) for column, role in header.roles.items() if role.level
        )
        self.weights = sorted(
            column for column, role in header.roles.items() if role is ColumnRole.WEIGHT
        )
        self.leaf_weight = self.weights[-1] if self.weights else 0
        self.sums: list[StatedSum] = []

    # ── rows ──

    def read(self) -> Understood:
        rows = [row for row in self.grid.rows() if row > self.header.last_row]
        if len(rows) > MOST_ROWS:
            self.remarks.fault("too_many_rows", f"{rows[MOST_ROWS]}", most=str(MOST_ROWS))
            rows = rows[:MOST_ROWS]
        hidden = [row for row in rows if row in self.grid.hidden_rows]
        if hidden:
            self.remarks.tell("hidden_rows", _rows_text(hidden), rows=_rows_text(hidden))
        for row in rows:
            if row not in self.grid.hidden_rows:
                self.read_row(row)
        places = [self.weight_place(node) for node in self.nodes]
        self.nodes = sum_up(self.nodes, self.sums, places, self.remarks)
        return Understood(
            sheet=self.grid.name,
            header=self.header,
            title=_title(self.grid, self.header),
            year=_year(self.grid, self.header),
            nodes=tuple(self.nodes),
            remarks=tuple(self.remarks.found),
            notes=tuple(self.notes),
            stated_total=next(
                (total.points for total in self.sums if "小计" not in total.word), None
            ),
        )

    def read_row(self, row: int) -> None:
        """Take one row: a subtotal, a note, a repeated header, or indicators."""
        texts = [self.grid.text(row, column) for column in self.grid.columns]
        first = next((text for text in texts if text), "")
        if not first:
            return
        word = squeezed(first)
        if _SUM.match(word) and not self.shown(row, self.column_of(ColumnRole.STANDARD)):
            self.subtotal(row, word)
        elif self.is_note(row, first):
            self.notes.append(first)
            self.remarks.tell("note_kept", self.cell(row, 1), text=short(first))
        elif self.repeats_header(row):
            self.remarks.tell("header_repeated", str(row), row=str(row))
        else:
            self.indicators(row)

    def is_note(self, row: int, first: str) -> bool:
        """Return whether a row is one text below or between the indicators."""
        filled = [column for column in self.grid.columns if self.grid.text(row, column)]
        if len(filled) != 1:
            return False
        width = self.widths.get((row, filled[0]), 0)
        is_wide = width >= max(2, len(self.header.roles) - 2)
        return bool(_NOTE.match(first)) or is_wide

    def repeats_header(self, row: int) -> bool:
        """Return whether a row says again what the header says."""
        same = [
            column
            for column in self.header.roles
            if squeezed(self.grid.text(row, column))
            and squeezed(self.grid.text(row, column)) in self.header.texts.get(column, ())
        ]
        return len(same) >= 2

    def subtotal(self, row: int, word: str) -> None:
        """Keep a stated sum, to be compared with the weights above it."""
        for column in reversed(self.weights):
            text = self.shown(row, column)
            if text:
                weight = read_weight(text)
                if isinstance(weight, WeightFault):
                    self.remarks.fault(weight.value, self.cell(row, column), found=short(text))
                else:
                    self.sums.append(
                        StatedSum(len(self.nodes), word, weight, self.cell(row, column))
                    )
                return

    # ── indicators ──

    def indicators(self, row: int) -> None:
        """Take the names of a row, level by level; the deepest is a leaf until another lies below."""
        named = list(self.names(row))
        if not named:
            self.continue_or_refuse(row)
            return
        deepest = named[-1][0]
        for level, column, text in named:
            is_new = self.is_new(row, column, level, text, is_leaf=level == deepest)
            if not is_new:
                continue
            self.close(level)
            self.add(row, column, level, text, is_leaf=level == deepest)
        if not any(self.nodes and self.nodes[self.open[lv]].row == row for lv, _, _ in named):
            self.continue_or_refuse(row)

    def names(self, row: int) -> Iterator[tuple[int, int, str]]:
        """Yield level, column and text of each indicator that a row names or stands in."""
        if not any(role.level for role in self.header.roles.values()):
            yield from self.numbered_name(row)
            return
        taken: set[Place] = set()
        for level, column in self.levels:
            top = self.tops.get((row, column), (row, column))
            text = self.grid.text(*top)
            if text and top not in taken:
                taken.add(top)
                yield level, column, text

    def numbered_name(self, row: int) -> Iterator[tuple[int, int, str]]:
        """Yield the one name of a sheet with a single column of names; its number tells the level."""
        column = self.column_of(ColumnRole.NAME)
        text = self.grid.text(row, column)
        if text:
            number = self.shown(row, self.column_of(ColumnRole.NUMBER))
            yield (
                _level_of(text) or _level_of(f"{number}、") or self.level_by_number(number),
                column,
                text,
            )

    def level_by_number(self, number: str) -> int:
        """Return the level that a number such as 1.2 or （一） tells, 3 when it tells none."""
        dotted = re.fullmatch(r"\d+([.．-]\d+)*", number)
        if dotted:
            return min(3, 1 + len(re.findall(r"[.．-]", number)))
        return 3 if self.nodes else 1

    def is_new(self, row: int, column: int, level: int, text: str, *, is_leaf: bool) -> bool:
        """Return whether this names another indicator than the one that is open at its level."""
        top = self.tops.get((row, column), (row, column))
        if level not in self.open:
            return True
        held = self.nodes[self.open[level]]
        if held.place == self.cell(*top):
            return False
        # Without merged cells sheets repeat the names of groups in each row.
        is_repeated = held.name == name_and_weight(text)[0] and top[0] == row
        return not (is_repeated and not (is_leaf and held.is_leaf))

    def close(self, level: int) -> None:
        """Forget what is open at ``level`` and below."""
        for deeper in [opened for opened in self.open if opened >= level]:
            del self.open[deeper]

    def add(self, row: int, column: int, level: int, text: str, *, is_leaf: bool) -> None:
        """Add an indicator below the one that is open above it."""
        above = max((opened for opened in self.open if opened < level), default=0)
        parent = self.open.get(above)
        real_level = 1 if parent is None else self.nodes[parent].level + 1
        name, own_weight = name_and_weight(text)
        if len(name) > LONGEST_NAME:
            self.remarks.fault("name_too_long", self.cell(row, column), found=short(name))
            name = name[: LONGEST_NAME - 1] + "…"
        node = SheetNode(
            name=name,
            level=real_level,
            parent=parent,
            row=row,
            place=self.cell(row, column),
            is_adjustment=parent is None and bool(_ADJUSTMENT.search(name)),
        )
        if parent is not None and self.nodes[parent].is_leaf:
            self.nodes[parent] = replace(self.nodes[parent], is_leaf=False)
        weight = self.leaf_details(row, level) if is_leaf else None
        group = self.weight_at(row, self.weight_column(level)) if not is_leaf else None
        if weight is not None:
            node = replace(
                weight, name=name, level=real_level, parent=parent, is_adjustment=node.is_adjustment
            )
        if own_weight is not None and (node.weight is None or not is_leaf):
            node = replace(node, weight=own_weight)
        if group is not None:
            node = replace(node, weight=group)
        self.columns_of_names[self.cell(row, column)] = column
        self.open[level] = len(self.nodes)
        self.nodes.append(replace(node, place=self.cell(row, column), row=row, is_leaf=is_leaf))

    def leaf_details(self, row: int, level: int) -> SheetNode:
        """Return a leaf with what its row says beside its name."""
        column = self.weight_column(level) or self.leaf_weight
        return SheetNode(
            name="",
            level=level,
            parent=None,
            row=row,
            place="",
            weight=self.weight_at(row, column),
            standard=self.long_text(row, ColumnRole.STANDARD),
            evidence=self.long_text(row, ColumnRole.EVIDENCE),
            note=self.long_text(row, ColumnRole.NOTE),
            code=self.shown(row, self.column_of(ColumnRole.CODE)),
        )

    def continue_or_refuse(self, row: int) -> None:
        """Take a row without a name of its own: more of the leaf above it, or a fault."""
        leaf = max((place for place in self.open.values()), default=None)
        standard = self.grid.text(row, self.column_of(ColumnRole.STANDARD))
        weight_cell = self.grid.text(row, self.leaf_weight) if self.leaf_weight else ""
        if leaf is None:
            if standard or weight_cell:
                self.name_missing(row, standard or weight_cell)
            return
        node = self.nodes[leaf]
        if not self.continues(row, node):
            if standard or weight_cell:
                self.name_missing(row, standard or weight_cell)
            return
        more = self.weight_at(row, self.leaf_weight) if weight_cell else None
        self.nodes[leaf] = replace(
            node,
            standard="\n".join(part for part in (node.standard, standard) if part),
            evidence="\n".join(
                part
                for part in (
                    node.evidence,
                    self.grid.text(row, self.column_of(ColumnRole.EVIDENCE)),
                )
                if part
            ),
            weight=node.weight if more is None else (node.weight or Decimal(0)) + more,
        )
        if standard or more is not None:
            self.remarks.tell("rows_joined", str(row), row=str(row), name=node.name)

    def name_missing(self, row: int, text: str) -> None:
        """Note a row that has a weight or a standard but no name."""
        place = self.cell(row, self.name_column())
        self.remarks.fault("name_missing", place, found=short(text))

    def continues(self, row: int, node: SheetNode) -> bool:
        """Return whether the name's cell reaches down to ``row``, or the row says only a standard."""
        column = self.columns_of_names.get(node.place, 0)
        top = self.tops.get((row, column))
        if top and self.cell(*top) == node.place:
            return True
        return not self.grid.text(row, self.leaf_weight) if self.leaf_weight else True

    # ── cells ──

    def shown(self, row: int, column: int) -> str:
        """Return what a person sees in a cell, also where it is merged with the one above."""
        return self.grid.text(*self.tops.get((row, column), (row, column))) if column else ""

    def long_text(self, row: int, role: ColumnRole) -> str:
        """Return the text of every column of a role, one below the other."""
        columns = [column for column, held in sorted(self.header.roles.items()) if held is role]
        texts = []
        for column in columns:
            text = self.shown(row, column)
            if len(text) > LONGEST_STANDARD:
                self.remarks.fault("text_too_long", self.cell(row, column), found=short(text))
                text = text[:LONGEST_STANDARD]
            self.note_formula(row, column)
            if text:
                texts.append(text)
        return "\n".join(texts)

    def weight_at(self, row: int, column: int) -> Decimal | None:
        """Return the weight that a cell states; what is none becomes a fault that names the cell."""
        if not column:
            return None
        text = self.shown(row, column)
        self.note_formula(row, column)
        if not text:
            return None
        weight = read_weight(text)
        if isinstance(weight, WeightFault):
            self.remarks.fault(weight.value, self.cell(row, column), found=short(text))
            return None
        return weight

    def note_formula(self, row: int, column: int) -> None:
        """Tell of a cell that computes its value but was saved without it."""
        if (row, column) in self.grid.formulas and (row, column) not in self.grid.cells:
            self.remarks.fault("formula_without_value", self.cell(row, column))

    def weight_column(self, level: int) -> int:
        """Return the column of the weights of a level, 0 when it has none of its own."""
        if len(self.weights) < 2:
            return (
                self.leaf_weight
                if level == max((of_level for of_level, _ in self.levels), default=level)
                else 0
            )
        own = next((column for of_level, column in self.levels if of_level == level), 0)
        following = next((column for of_level, column in self.levels if of_level > level), 10**6)
        return next((column for column in self.weights if own < column < following), 0)

    def weight_place(self, node: SheetNode) -> str:
        """Return the cell in which a node's weight stands or would stand."""
        column = self.weight_column(node.level) or self.leaf_weight
        return self.cell(node.row, column) if column else node.place

    def column_of(self, role: ColumnRole) -> int:
        """Return the first column of a role, 0 when there is none."""
        return next(
            (column for column, held in sorted(self.header.roles.items()) if held is role), 0
        )

    def name_column(self) -> int:
        """Return the column in which a leaf's name would stand."""
        return self.levels[-1][1] if self.levels else self.column_of(ColumnRole.NAME) or 1

    def cell(self, row: int, column: int) -> str:
        """Return the name of a cell."""
        return cell_name(row, column)


def _level_of(text: str) -> int:
    """Return the level that the number before a name tells, 0 when there is none."""
    for level, pattern in (
        (1, r"^[一二三四五六七八九十]{1,3}[、.．]"),
        (2, r"^[（(][一二三四五六七八九十]{1,3}[)）]"),
        (3, r"^\d{1,3}[、.．](?!\d)"),
        (3, r"^\d{1,2}[.．]\d{1,2}[.．]\d{1,2}"),
        (2, r"^\d{1,2}[.．]\d{1,2}(?![.．\d%])"),
    ):
        if re.match(pattern, text):
            return level
    return 0


def _title(grid: Grid, header: Header) -> str:
    """Return the title above the header, the sheet's name when there is none."""
    above = [
        " ".join(text.split())
        for row in range(1, header.first_row)
        for column in grid.columns
        if (text := grid.text(row, column))
        and not re.match(r"^附件|^附表|^[^：:]{2,10}[：:]", text)
    ]
    named = [text for text in above if re.search(r"指标|绩效|评价|评分|考核", text)]
    return (named or above or [grid.name])[0][:LONGEST_NAME]


def _year(grid: Grid, header: Header) -> int | None:
    """Return the first year that stands above the header or in the sheet's name."""
    above = [
        grid.text(row, column) for row in range(1, header.first_row) for column in grid.columns
    ]
    match = _YEAR.search("　".join([*above, f"{grid.name}年"]))
    return int(match[1]) if match else None


def _rows_text(rows: list[int]) -> str:
    """Return rows as people write them: 3–5、9."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
