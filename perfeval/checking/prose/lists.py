"""Lists: a whole, the words that open it and the statements that follow as its items, to its end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from perfeval.checking.numbers import Kind
from perfeval.checking.prose.clauses import Aspect, last_trigger
from perfeval.checking.prose.statements import NEW_THOUGHT, ProseParagraph, Statement, Statements

#: So many statements before a list its whole is looked for in, and so many paragraphs below it its items.
_REACH = 40
_NEAR_PARAGRAPHS = 6
_FEW = 12
_MOST_PARAGRAPHS_BELOW = 80
_WHOLE = (Aspect.LEVEL, Aspect.CHANGE, Aspect.DIFFERENCE)
_TOTAL = re.compile(
    r"^(?:，|、|；)?(?:以上|上述|各项|全年|项目|资金|金额|费用|支出)?(?:合计|共计|总计|合共|累计|共)"
)
#: A further total, a plan or a limit is no item of the list before it.
_NO_ITEM = re.compile(
    r"合计|总计|总收入|总支出|总额为|控制在|限额|控制数|上限|计划(?:任务|数)|完成(?:年度)?(?:计划|目标)"
)
_LEFT_OVER = re.compile(r"(?:年末|资金)*(?:结余|剩余|节余)")
_CRITERION = re.compile(r"按|从")
#: 按支出用途，包括
_BY_A_CRITERION = re.compile(r"按[^，。：；\d]{2,12}[，：]?(?:包括|分为)?$")
_GOES_BACK = re.compile(r"其中|按|.{0,4}(?:来源|构成|结构)")


@dataclass(slots=True, eq=False)
class PartList:
    """A whole and its items. ``wholes``: statements that may be meant, the likeliest first.

    ``is_strong``: the words say that the list is whole. ``is_clean``: nothing within it is read with doubt.
    """

    wholes: list[Statement]
    items: list[Statement]
    trigger: str
    is_strong: bool
    is_clean: bool
    end: int


class Model(Statements):
    """The statements of a text and its lists."""

    @cached_property
    def lists(self) -> tuple[PartList, ...]:
        """Return every list of the text, in order."""
        return tuple(self._lists())

    def _lists(self) -> Iterator[PartList]:
        for number, paragraph in enumerate(self.paragraphs):
            statements = paragraph.statements
            for index, statement in enumerate(statements):
                if statement.first.trigger or _opens_bare(statements, index):
                    found = self._list_at(number, index)
                    if found is not None:
                        yield found
            below = self._list_below(number)
            if below is not None:
                yield below

    def _list_at(self, number: int, index: int) -> PartList | None:
        """Return the list that opens with a statement of a paragraph."""
        statements = self.paragraphs[number].statements
        first = statements[index]
        is_by_criterion = bool(
            _CRITERION.match(first.first.trigger) or _BY_A_CRITERION.search(first.first.lead)
        )
        wholes = [] if is_by_criterion and not index else self._wholes(number, index)
        if not wholes and not is_by_criterion:
            return None
        items, last, is_clean = self._items(statements, index)
        end = statements[last].end
        if not items or self._is_broken_off(number, last):
            return None
        if first.depth == 0 and first.first.trigger and len(items) == 1:
            items += self._further(number, last, first)
        wholes = wholes or self._far_wholes(number, items, last)
        if not wholes:
            return None
        trigger = first.first.trigger or first.first.lead[:1]
        return PartList(wholes, items, trigger, first.first.is_strong, is_clean, end)

    def _items(
        self, statements: Sequence[Statement], index: int
    ) -> tuple[list[Statement], int, bool]:
        """Return the items of a list, the place of the last statement within it, and whether all is clear."""
        first = statements[index]
        units = _units(first)
        items, last, separator = [first], index, ""
        is_clean, is_nested = True, False
        for place in range(index + 1, len(statements)):
            statement = statements[place]
            if statement.sentence != first.sentence or statement.depth < first.depth:
                break
            if statement.depth > first.depth:
                last = place
                continue
            mark = "；" if "；" in statement.first.lead else (statement.first.mark or "，")
            is_inner_end = mark == "；" and not separator and _is_inner(statements, index)
            is_foreign = bool(units and statement.levels) and not units & _units(statement)
            is_other = is_foreign and mark != "；" and separator in ("、", "，")
            if is_inner_end or is_other or (mark == "；" and separator not in ("", "；")):
                break
            if _ends_list(statement, mark) or self._bracket_closed(
                statements[place - 1], statement, first.depth
            ):
                break
            last = place
            if statement.first.trigger:
                is_nested = True
            elif is_nested and mark != "；":
                is_clean = False
            elif not statement.is_aside and not is_foreign:
                is_nested = False
                separator = separator or mark
                items.append(statement)
        return items, last, is_clean

    def _bracket_closed(self, previous: Statement, statement: Statement, depth: int) -> bool:
        """Return whether a bracket that held the list closed between two statements."""
        if not depth or previous.depth > depth:
            return False
        level = 0
        for char in self.text[previous.end : statement.start]:
            level += (char == "（") - (char == "）")
            if level < 0:
                return True
        return False

    def _wholes(self, number: int, index: int) -> list[Statement]:
        """Return the statements that a list may divide, the likeliest first."""
        statements = self.paragraphs[number].statements
        first = statements[index]
        near_by = statements[max(0, index - _REACH) : index]
        before = [
            s
            for s in near_by
            if s.sentence == first.sentence and s.depth <= first.depth and s.of(*_WHOLE)
        ]
        near = [s for s in reversed(before) if not s.is_aside] or list(reversed(before))
        if first.depth and near:
            outer = [s for s in near if s.depth < first.depth]
            return outer[:1] or near[:1]
        if near:
            return near
        named = self._named(number, first) if first.first.trigger.endswith("中，") else []
        return named or self._earlier(number, near_by, first)

    def _earlier(
        self, number: int, near_by: Sequence[Statement], first: Statement
    ) -> list[Statement]:
        """Return the statements of the sentence before, or of the paragraph before where a list goes back to it."""
        above = first.sentence - 1
        if _CRITERION.match(first.first.trigger):
            opening = {s.sentence: s.first.trigger for s in reversed(near_by)}
            while _CRITERION.match(opening.get(above, "")):
                above -= 1
        earlier = [s for s in near_by if s.sentence == above and s.depth == 0 and s.levels]
        lead = first.first.lead.lstrip("0123456789.、（）一二三四五六七八九十")
        if not earlier and not near_by and number and _GOES_BACK.match(lead):
            over = self.paragraphs[number - 1].statements[-_REACH:]
            last = over[-1].sentence if over else -1
            earlier = [s for s in over if s.sentence == last and s.depth == 0 and s.levels]
        inside = next(
            (place for place, s in enumerate(earlier) if s.first.trigger and place), len(earlier)
        )
        return [*reversed(earlier[:inside]), *reversed(earlier[inside:])]

    def _named(self, number: int, first: Statement) -> list[Statement]:
        """Return the nearest statement that 专任教师中，names."""
        name = re.search(r"([\u4e00-\u9fff“”]{2,16})中，", first.first.lead)
        if name is None:
            return []
        words = re.sub(r"^(?:其|在|全部|以上|上述)", "", name[1])
        for paragraph in reversed(self.paragraphs[max(0, number - _NEAR_PARAGRAPHS) : number + 1]):
            for statement in reversed(paragraph.statements[-_REACH:]):
                is_named = any(f.phrase.rstrip("为是共").endswith(words) for f in statement.levels)
                if statement.start < first.start and is_named:
                    return [statement]
        return []

    def _far_wholes(self, number: int, items: Sequence[Statement], last: int) -> list[Statement]:
        """Return what 按…分 divides where its own sentence names nothing: a total right behind it, or a level above.

        Of the levels above, the one that is nearest to the sum, if it is near at all.
        """
        statements = self.paragraphs[number].statements
        behind = statements[last + 1] if last + 1 < len(statements) else None
        is_next = behind is not None and behind.sentence == items[0].sentence + 1
        if behind is not None and is_next and _TOTAL.match(behind.first.lead.lstrip("。）")):
            return [behind]
        amounts = [
            f.quantity for item in items for f in item.levels[:1] if f.quantity.kind == Kind.AMOUNT
        ]
        if len(amounts) < 2 or len(amounts) != len(items):
            return []
        added = sum(amount.value for amount in amounts)
        near = [
            s
            for paragraph in self.paragraphs[max(0, number - _NEAR_PARAGRAPHS) : number]
            for s in paragraph.statements[-_FEW:]
            if s.depth == 0
            and not s.is_aside
            and s.levels
            and s.levels[0].quantity.kind == Kind.AMOUNT
            and abs(s.levels[0].quantity.value - added) * 5 <= added
        ]
        return [min(near, key=lambda s: abs(s.levels[0].quantity.value - added))] if near else []

    def _is_broken_off(self, number: int, last: int) -> bool:
        """Return whether the text ends in the middle of the list: behind a semicolon, or in a word."""
        paragraph = self.paragraphs[number]
        if last + 1 < len(paragraph.statements) or number + 1 < len(self.paragraphs):
            return False
        tail = self.text[paragraph.statements[last].end : paragraph.end].strip()
        if re.search(r"[。！？：]", tail) or not tail or tail in ("）", "）；"):
            return False
        return bool(re.search(r"[；，、]$|[，、；][\u4e00-\u9fff]{1,8}$", tail))

    def _further(self, number: int, last: int, first: Statement) -> list[Statement]:
        """Return items that stand in the paragraphs below: the first began right behind the opening words."""
        statements = self.paragraphs[number].statements
        behind = statements[last + 1] if last + 1 < len(statements) else None
        if behind is not None and behind.sentence != first.sentence and not behind.is_aside:
            return []
        found: list[Statement] = []
        for paragraph in self.paragraphs[number + 1 : number + _REACH]:
            line = self.text[paragraph.start : min(paragraph.end, paragraph.start + _REACH)]
            begins = re.match(r"[\u4e00-\u9fff“”、（）]{2,20}\d[\d,.]* ?(?:万|亿)?元", line)
            is_amount = first.first.quantity.kind == Kind.AMOUNT
            if paragraph.level >= 0 or not begins or not paragraph.statements or not is_amount:
                break
            found.append(paragraph.statements[0])
        return found

    def _list_below(self, number: int) -> PartList | None:
        """Return the list of numbered paragraphs below a paragraph that ends with 其中： or the like."""
        paragraph = self.paragraphs[number]
        line = self.text[max(paragraph.start, paragraph.end - _REACH) : paragraph.end].rstrip()
        trigger = last_trigger(line)
        if trigger is None or not re.fullmatch(
            r"[：:，]?|[^。，；\d]{0,8}[：:]", line[trigger.end() :]
        ):
            return None
        above = [s for s in paragraph.statements[-_REACH:] if s.depth == 0 and s.levels]
        if not above:
            return None
        wholes = [s for s in reversed(above) if s.sentence == above[-1].sentence and not s.is_aside]
        following = self.paragraphs[number + 1 : number + _MOST_PARAGRAPHS_BELOW]
        items, end = self._items_below(following)
        if not wholes or len(items) < 2:
            return None
        is_strong = bool(re.search("方面|具体|按|分为|构成|来源", trigger.group()))
        return PartList(wholes, items, trigger.group(), is_strong, is_clean=True, end=end)

    def _items_below(self, following: Sequence[ProseParagraph]) -> tuple[list[Statement], int]:
        """Return the first level of each paragraph of one numbering; none where a heading stays without a figure."""
        items: list[Statement] = []
        level = following[0].level if following else -1
        waits, end = False, 0
        for paragraph in following:
            line = self.text[paragraph.start : min(paragraph.end, paragraph.start + _REACH)]
            is_item = paragraph.level == level
            if 0 <= paragraph.level < level:
                break
            if level < 0 and (paragraph.level >= 0 or not re.match(r"[^，。；\d]{2,24}\d", line)):
                break
            if is_item and waits:
                return [], 0
            if not is_item and not waits:
                continue
            usable = [s for s in paragraph.statements[:_FEW] if s.depth == 0 and s.levels]
            if usable:
                items.append(usable[0])
                end = paragraph.end
            waits = is_item and not usable
        return ([], 0) if waits else (items, end)


def _opens_bare(statements: Sequence[Statement], index: int) -> bool:
    """Return whether a bracket or a colon right behind a level opens a list of like things."""
    if not index:
        return False
    lead = statements[index].first.lead
    return bool(re.match(r"(?:（套）)?[（：](?!$)", lead)) and "。" not in lead


def _is_inner(statements: Sequence[Statement], index: int) -> bool:
    """Return whether a list opens within another of the same sentence."""
    first = statements[index]
    before = statements[max(0, index - _REACH) : index]
    return any(
        s.first.trigger and s.sentence == first.sentence and s.depth == first.depth for s in before
    )


def _ends_list(statement: Statement, mark: str) -> bool:
    """Return whether a statement is a further total, a plan, or the next thought."""
    figure = statement.first
    if _LEFT_OVER.match(figure.phrase):
        return True
    is_total = _NO_ITEM.search(figure.phrase) and (
        mark == "；" or figure.quantity.kind != Kind.COUNT or "计划" in figure.phrase
    )
    return bool(
        is_total or NEW_THOUGHT.match(figure.lead.lstrip("）")) or _TOTAL.match(figure.lead)
    )


def _units(statement: Statement) -> set[str]:
    """Return the units of a statement's levels."""
    return {level.quantity.unit for level in statement.levels}
