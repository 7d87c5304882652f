"""Any bureau's sheet of indicators, understood row by row: levels, weights, subtotals, notes.

Nothing is guessed in silence: what was passed over, summed up or could not be read is a ``Remark``
with its cell.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from perfeval.sheets.columns import ColumnRole, Header, find_header, find_headers, squeezed
from perfeval.sheets.grid import MOST_COLUMNS, Grid, Place, as_text, cell_name
from perfeval.sheets.money import money_row
from perfeval.sheets.numbers import (
    WeightFault,
    half_width,
    name_and_weight,
    points_in_text,
    read_weight,
)
from perfeval.sheets.sums import StatedSum, stated_total, sum_up
from perfeval.sheets.understood import Remarks, SheetNode, Understood, short

#: A sheet has at most this many rows; a whole county's catalogue of indicators has 3,000.
MOST_ROWS = 4000
#: The longest name and text that the database takes, and that a reader would.
LONGEST_NAME, LONGEST_STANDARD = 200, 8_000

_SUM = re.compile(
    r"^(本级|本项|一级指标|二级指标|指标)?(小计|合计|总计|共计|总分|总分值|满分|合计分值)([（(:：].*)?$|.{0,20}(小计|合计)$"
)
_NOTE = re.compile(
    r"^(注|备注|说明|填表说明|填报说明|附注|填表人|联系电话|单位负责人)\s*[0-9]*\s*[:：.、]|^注[0-9]"
)
#: What is signed, dated or judged below a table. It is no indicator unless it has a weight.
_SIGNED = re.compile(
    r"^(.{0,6}(负责人|责任人|填表人|填报人|经办人|审核人|制表人?|复核人|联系人|评价人|考核人|评分人|联系电话|电话"
    r"|(填报|填表|评价|考核|审核)(日期|时间|单位)|日期|(审核|评审|主管部门|财政部门|领导|单位|考核|考评|评价组)意见|盖章|签章|签字|签名))"
    r"([（(].{0,12}[)）])?\s*([:：].*)?$"
)
_ROW_NUMBER = re.compile(r"^[(（]?[\d.．一二三四五六七八九十①-⑳A-Za-z-]{1,8}[)）、.]?$")
#: A cell that says that nothing stands there.
_DASH = re.compile(r"^[\s—―–\-－─_/／\\]+$")
#: What takes points off: its weight is often written with a minus.
_PENALTY = re.compile(r"减分|扣分|罚分|惩戒|负面")
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


def understand(grid: Grid, header: Header, further: Sequence[Header] = ()) -> Understood:
    """Return the indicators of a sheet whose columns mean what ``header`` says.

    ``further``: the headers of other tables below on the same sheet, from the top.
    """
    return _Reader(grid, header, further).read()


def tables(grid: Grid) -> list[Header]:
    """Return the headers of all tables of a sheet, none of a hidden one."""
    return [] if grid.is_hidden else find_headers(grid)


class _Reader:
    """Goes through the rows once and keeps what it found."""

    def __init__(self, grid: Grid, header: Header, further: Sequence[Header] = ()) -> None:
        self.grid = grid
        self.first_header = header
        self.further = {one.first_row: one for one in further}
        #: Rows of the headers of further tables, and of their titles.
        self.passed_over: set[int] = set()
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
        #: The merged block that a leaf's weight stands in, where it may hold several leaves.
        self.blocks: dict[int, Place] = {}
        #: The points that the name or the standard of a leaf states itself.
        self.points: dict[int, Decimal | None] = {}
        self.begin(header)
        self.sums: list[StatedSum] = []

    def begin(self, header: Header) -> None:
        """Read the rows below by another header; what was open above it is closed."""
        self.header = header
        self.open.clear()
        self.is_extra_table = any(
            _ADJUSTMENT.search(text)
            for column, role in header.roles.items()
            if role.level or role is ColumnRole.NAME
            for text in header.texts.get(column, ())
        )
        self.levels = sorted(
            (role.level, column) for column, role in header.roles.items() if role.level
        )
        self.weights = sorted(
            column for column, role in header.roles.items() if role is ColumnRole.WEIGHT
        )
        self.leaf_weight = self.weights[-1] if self.weights else 0

    # ── rows ──

    def read(self) -> Understood:
        self.above_the_header()
        for header in (self.header, *self.further.values()):
            self.unread_columns(header)
        rows = [row for row in self.grid.rows() if row > self.header.last_row]
        if len(rows) > MOST_ROWS:
            self.remarks.fault("too_many_rows", f"{rows[MOST_ROWS]}", most=str(MOST_ROWS))
            rows = rows[:MOST_ROWS]
        hidden = [row for row in rows if row in self.grid.hidden_rows]
        if hidden:
            self.remarks.tell("hidden_rows", _rows_text(hidden), rows=_rows_text(hidden))
        for header in self.further.values():
            self.passed_over |= set(range(header.first_row, header.last_row + 1))
        for row in rows:
            if row not in self.grid.hidden_rows:
                self.read_row(row)
        self.share_blocks()
        self.shares_as_points()
        places = [self.weight_place(node) for node in self.nodes]
        self.nodes = sum_up(self.nodes, self.sums, places, self.remarks)
        return Understood(
            sheet=self.grid.name,
            header=self.first_header,
            title=_title(self.grid, self.first_header),
            year=_year(self.grid, self.first_header),
            nodes=tuple(self.nodes),
            remarks=tuple(self.remarks.found),
            notes=tuple(self.notes),
            stated_total=stated_total(self.nodes, self.sums),
        )

    def unread_columns(self, header: Header) -> None:
        """Tell of the columns whose headings nobody knows though something stands below them."""
        end = min((row for row in self.further if row > header.last_row), default=10**6)
        for column, texts in header.texts.items():
            rows = (row for row, own in self.grid.cells if own == column)
            if (
                texts
                and column not in header.roles
                and any(header.last_row < n < end for n in rows)
            ):
                place = self.cell(header.last_row, column)
                self.remarks.tell("column_unread", place, heading=short(texts[-1]))

    def above_the_header(self) -> None:
        """Take the points of a form's money; tell of other rows with several cells."""
        above = [row for row in self.grid.rows() if row < self.header.first_row]
        money = money_row(self.grid, above)
        if money:
            row, name_column, weight_column, weight = money
            place = self.cell(row, name_column)
            self.nodes.append(
                SheetNode(
                    name="预算执行率", level=1, parent=None, row=row, place=place, weight=weight
                )
            )
            told = {"name": "预算执行率", "weight": as_text(weight)}
            self.remarks.tell("money_points", self.cell(row, weight_column), **told)
        left = [
            row
            for row in above
            if sum(bool(self.grid.text(row, column)) for column in self.grid.columns) >= 3
            and not (money and row == money[0])
        ]
        if left:
            self.remarks.tell("rows_above", _rows_text(left), rows=_rows_text(left))

    def read_row(self, row: int) -> None:
        """Take one row: a further header, a subtotal, a note, a repeated header, or indicators."""
        if row in self.further:
            self.begin(self.further[row])
            self.remarks.tell("next_table", str(row), row=str(row))
        if row in self.passed_over:
            return
        texts = [self.grid.text(row, column) for column in self.grid.columns]
        number = self.grid.text(row, self.column_of(ColumnRole.NUMBER))
        first = next((text for text in texts if text), "")
        if first and first == number and _ROW_NUMBER.match(squeezed(number)):
            first = next((text for text in texts if text and text != number), "")
            if not first:
                self.left_out(row, number)
        if not first:
            return
        if row == self.header.last_row + 1 and self.counts_columns(texts):
            self.left_out(row, first)
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

    def counts_columns(self, texts: Sequence[str]) -> bool:
        """Return whether a row says 1, 2, 3 …, the numbers of its columns."""
        filled = [half_width(text).strip("()栏次") for text in texts]
        filled = [text for text in filled if text]
        return len(filled) >= 3 and filled == [str(n) for n in range(1, len(filled) + 1)]

    def left_out(self, row: int, text: str) -> None:
        """Tell of a row that says nothing of an indicator."""
        self.remarks.tell("row_left_out", str(row), row=str(row), text=short(text))

    def is_note(self, row: int, first: str) -> bool:
        """Return whether a row is one text below or between the indicators, or is to be signed."""
        if _SIGNED.match(squeezed(first)) and not self.has_weight(row):
            return True
        filled = [column for column in self.grid.columns if self.grid.text(row, column)]
        if len(filled) != 1:
            return False
        width = self.widths.get((row, filled[0]), 0)
        is_wide = width >= max(2, len(self.header.roles) - 2)
        return bool(_NOTE.match(first)) or is_wide or self.is_title(row)

    def is_title(self, row: int) -> bool:
        """Return whether a row of one text stands just above the header of a further table."""
        header = next(
            (one for one in self.further.values() if row < one.first_row <= row + 3), None
        )
        return header is not None and all(
            sum(bool(self.grid.text(one, column)) for column in self.grid.columns) <= 1
            for one in range(row, header.first_row)
        )

    def has_weight(self, row: int) -> bool:
        """Return whether a column of weights holds a number in this row itself."""
        return any(
            not isinstance(read_weight(self.grid.text(row, column)), WeightFault)
            for column in self.weights
        )

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
        if self.says_nothing(row, named):
            self.left_out(row, "".join(text for _, _, text in named[-1:]) or "—")
            return
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

    def says_nothing(self, row: int, named: Sequence[tuple[int, int, str]]) -> bool:
        """Return whether dashes say that no indicator stands in this row."""
        dashes = [
            column
            for column in (*(own for _, own in self.levels), *self.weights)
            if _DASH.match(self.grid.text(row, column) or " x")
        ]
        if not dashes:
            return False
        deepest = self.levels[-1][1] if self.levels else 0
        is_named = any(column == deepest for _, column, _ in named)
        standard = self.shown(row, self.column_of(ColumnRole.STANDARD))
        return not is_named and not standard and not self.has_weight(row)

    def names(self, row: int) -> Iterator[tuple[int, int, str]]:
        """Yield level, column and text of each indicator that a row names or stands in."""
        if not any(role.level for role in self.header.roles.values()):
            yield from self.numbered_name(row)
            return
        taken: set[Place] = set()
        for level, column in self.levels:
            top = self.tops.get((row, column), (row, column))
            text = self.grid.text(*top)
            if _DASH.match(text):
                self.close(level)
            elif text and top not in taken:
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
            is_adjustment=parent is None
            and (self.is_extra_table or bool(_ADJUSTMENT.search(name))),
        )
        if parent is not None and self.nodes[parent].is_leaf:
            above_it = self.nodes[parent]
            if above_it.standard:
                self.name_missing(above_it.row, above_it.standard)
            self.nodes[parent] = replace(self.nodes[parent], is_leaf=False)
        takes_off = bool(_PENALTY.search(name)) or any(
            _PENALTY.search(self.nodes[held].name) for held in self.open.values()
        )
        weight = self.leaf_details(row, level, takes_off=takes_off) if is_leaf else None
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
        if is_leaf:
            at = (row, self.weight_column(level) or self.leaf_weight)
            self.blocks[len(self.nodes)] = self.tops.get(at, at)
            if own_weight is None:
                own_weight = points_in_text(node.standard)
            self.points[len(self.nodes)] = own_weight
        self.nodes.append(replace(node, place=self.cell(row, column), row=row, is_leaf=is_leaf))

    def leaf_details(self, row: int, level: int, *, takes_off: bool) -> SheetNode:
        """Return a leaf with what its row says beside its name."""
        column = self.weight_column(level) or self.leaf_weight
        return SheetNode(
            name="",
            level=level,
            parent=None,
            row=row,
            place="",
            weight=self.weight_at(row, column, takes_off=takes_off),
            standard=self.long_text(row, ColumnRole.STANDARD),
            evidence=self.long_text(row, ColumnRole.EVIDENCE),
            note=self.long_text(row, ColumnRole.NOTE),
            code=self.shown(row, self.column_of(ColumnRole.CODE)),
        )

    def continue_or_refuse(self, row: int) -> None:
        """Take a row without a name of its own: more of the leaf above it, or a fault."""
        leaf = max((place for place in self.open.values()), default=None)
        standard = self.text(row, self.column_of(ColumnRole.STANDARD))
        weight_cell = self.text(row, self.leaf_weight) if self.leaf_weight else ""
        if leaf is None:
            if standard or weight_cell:
                self.name_missing(row, standard or weight_cell)
            elif said := self.said(row):
                self.left_out(row, said)
            return
        node = self.nodes[leaf]
        if not self.continues(row, node):
            if standard or weight_cell:
                self.name_missing(row, standard or weight_cell)
            elif said := self.said(row):
                self.left_out(row, said)
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
        elif said := self.said(row):
            self.left_out(row, said)

    def said(self, row: int) -> str:
        """Return the first text of a row in a column that is read."""
        kinds = self.header.roles.items()
        read = [column for column, role in kinds if role is not ColumnRole.IGNORED]
        return next((text for column in sorted(read) if (text := self.text(row, column))), "")

    def shares_as_points(self) -> None:
        """Read weights such as 0.2 that add up to 1 as shares of 100 points."""
        weights = [node.weight for node in self.nodes if node.is_leaf and not node.is_adjustment]
        known = [weight for weight in weights if weight is not None]
        if len(known) < 2 or len(known) < len(weights) or sum(known) != 1:
            return
        self.nodes = [
            replace(node, weight=None if node.weight is None else node.weight * 100)
            for node in self.nodes
        ]
        self.sums = [
            replace(one, points=one.points * 100) if one.points <= 1 else one for one in self.sums
        ]
        self.remarks.tell(
            "shares_as_points", self.cell(self.first_header.last_row, self.leaf_weight)
        )

    def share_blocks(self) -> None:
        """Give each leaf its points where one merged weight, or none, stands for several leaves."""
        held: dict[Place, list[int]] = {}
        last: Place | None = None
        for index, top in self.blocks.items():
            node = self.nodes[index]
            if not node.is_leaf:
                continue
            is_own = node.weight in (None, self.points[index])
            is_blank = top[1] > 0 and not self.grid.text(*top) and is_own
            # Without merged cells the weight of a block stands in its first row only.
            at = last if is_blank and last and self.points[index] is not None else top
            held.setdefault(at, []).append(index)
            last = at
        for top, leaves in held.items():
            if len(leaves) > 1:
                self.share(top, leaves)
            elif self.nodes[leaves[0]].weight is None and self.points[leaves[0]] is not None:
                self.from_text(leaves[0])

    def share(self, top: Place, leaves: Sequence[int]) -> None:
        """Divide the weight of one cell by the points that its leaves state, or tell that none do."""
        stated = [self.points[index] for index in leaves]
        weight = self.nodes[leaves[0]].weight
        known = [one for one in stated if one is not None]
        if len(known) == len(leaves) and (weight is None or sum(known) == weight):
            for index in leaves:
                self.from_text(index)
            return
        if weight is None:
            return
        merged = [index for index in leaves if self.blocks[index] == top]
        if len(merged) < 2:
            return
        values = {"weight": as_text(weight), "count": str(len(merged))}
        self.remarks.fault("weight_shared", self.cell(*top), **values)
        for index in merged:
            self.nodes[index] = replace(self.nodes[index], weight=None)

    def from_text(self, index: int) -> None:
        """Take the points that a leaf states itself, and tell it where its weight said otherwise."""
        node, points = self.nodes[index], self.points[index]
        if points is None or node.weight == points:
            return
        self.nodes[index] = replace(node, weight=points)
        self.remarks.tell("weight_from_text", node.place, name=node.name, weight=as_text(points))

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

    def text(self, row: int, column: int) -> str:
        """Return what a cell itself says; a dash says nothing."""
        text = self.grid.text(row, column)
        return "" if _DASH.match(text) else text

    def shown(self, row: int, column: int) -> str:
        """Return what a person sees in a cell, also where it is merged with the one above."""
        return self.text(*self.tops.get((row, column), (row, column))) if column else ""

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

    def weight_at(self, row: int, column: int, *, takes_off: bool = False) -> Decimal | None:
        """Return the weight that a cell states; what is none becomes a fault that names the cell.

        ``takes_off``: a penalty, whose weight may be written with a minus.
        """
        if not column:
            return None
        text = self.shown(row, column)
        self.note_formula(row, column)
        if not text:
            return None
        weight = read_weight(text)
        if weight is WeightFault.NEGATIVE and takes_off:
            weight = read_weight(half_width(text).replace("-", ""))
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
        between = [column for column in self.weights if own < column < following]
        # 权重 0.2 beside 分值 20: the points count.
        points = [
            column for column in between if "分" in "".join(self.header.texts.get(column, ()))
        ]
        return next(iter(points or between), 0)

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
