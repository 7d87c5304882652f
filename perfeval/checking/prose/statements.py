"""Figures put together to statements, and statements to lists: who is said to have what, and what divides into what.

A statement is a level with all that is said of it (支出120万元，上年110万元，增加10万元，增长9.09%，占20%). A list is a whole, the
words that open it (其中, 分别为, a bracket …) and the statements that follow as its items, to its end; a list that the text breaks
off is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from perfeval.checking.numbers import Kind, Quantity
from perfeval.checking.prose.clauses import Aspect, Figure, figures_of, last_trigger

_ASIDE = re.compile(
    r"主要(?!用于(?:以下|下列|几)|支出科目|包括[：，]?$)|原因|由于|因为|用于(?!以下)|(?<![内起])因(?!公)|系|接待对象|例如|^每|按每"
)
_CRITERION = re.compile(r"按|从")
#: 收、支总计各增加: of whatever was said before.
_OF_ALL = re.compile(r"^(?:收、支总|收支总|总收入|总支出|收入总计|支出总计)$")
#: A further total, or a limit, is no item of the list before it.
_NO_ITEM = re.compile(r"合计|总计|总收入|总支出|总额为|控制在|限额|控制数|上限")
_AGAINST_LIST = re.compile(r"分别|[比较]")
_WHOLE = (Aspect.LEVEL, Aspect.CHANGE, Aspect.DIFFERENCE)
_TOTAL = re.compile(
    r"^(?:，|、|；)?(?:以上|上述|各项|全年|项目|资金|金额|费用|支出)?(?:合计|共计|总计|合共|累计|共)"
)
_NEW_THOUGHT = re.compile(
    r"^[；，](?:同时|此外|另外|另有|截至|年末|年底|目前|与上年|较上年|比上年|全年|当年|20\d\d年(?!度))|^；(?:年中|追加|调整)"
)
_MARKERS = (
    re.compile(r"[一二三四五六七八九十]{1,3}[、.]"),
    re.compile(r"（[一二三四五六七八九十]{1,3}）"),
    re.compile(r"\d{1,2}(?:[、．]|\.(?!\d))"),
    re.compile(r"（\d{1,2}）|\d{1,2}）"),
    re.compile(r"[①-⑳]"),
)
_STOP = re.compile(r"[。！？](?!）)")
_LONGEST_SENTENCE = 1500
#: So many statements before a list its whole is looked for in, and so many paragraphs below it its items.
_REACH = 40
_NEAR_PARAGRAPHS = 6


@dataclass(slots=True, eq=False)
class Statement:
    """A level and what is said of it. ``sentence`` and ``paragraph`` count from 0 in the whole text.

    ``is_aside``: it stands in words of reason or use (主要是 …) and is no item of a list.
    ``is_run``: it is one place of A、B分别为1、2.
    """

    subject: str
    depth: int
    sentence: int
    paragraph: int
    is_aside: bool
    is_run: bool = False
    figures: list[Figure] = field(default_factory=list)

    @property
    def first(self) -> Figure:
        """Return its first figure."""
        return self.figures[0]

    @property
    def start(self) -> int:
        """Return where its first number begins."""
        return self.figures[0].start

    @property
    def end(self) -> int:
        """Return where its last figure ends."""
        return self.figures[-1].quantity.end

    def of(self, *aspects: Aspect) -> list[Figure]:
        """Return its figures of these aspects, in order."""
        return [figure for figure in self.figures if figure.aspect in aspects]

    @property
    def levels(self) -> list[Figure]:
        """Return its levels."""
        return self.of(Aspect.LEVEL)


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


@dataclass(slots=True)
class Paragraph:
    """One paragraph: its place, its numbering (level and text) and its statements."""

    start: int
    end: int
    level: int
    statements: list[Statement] = field(default_factory=list)


class Model:
    """All statements and lists of a text."""

    def __init__(self, text: str, quantities: Sequence[Quantity]) -> None:
        self.text = text
        self.paragraphs: list[Paragraph] = []
        self.statements: list[Statement] = []
        self._sentences = 0
        self._read(quantities)
        self.lists: list[PartList] = list(self._lists())

    # Sentences and statements

    def _read(self, quantities: Sequence[Quantity]) -> None:
        position = 0
        for match in re.finditer(r"[^\n]+", self.text):
            inside: list[Quantity] = []
            while position < len(quantities) and quantities[position].start < match.end():
                inside.append(quantities[position])
                position += 1
            paragraph = Paragraph(match.start(), match.end(), _level(match.group()))
            self.paragraphs.append(paragraph)
            if inside and "\t" not in match.group():
                done = 0
                for low, high in self._sentence_spans(match.start(), match.end()):
                    first = done
                    while done < len(inside) and inside[done].start < high:
                        done += 1
                    if done > first:
                        paragraph.statements += self._statements(low, inside[first:done])
                    self._sentences += 1
            self.statements += paragraph.statements

    def _sentence_spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the sentences of a paragraph; a stop that a closing bracket follows ends none."""
        low = start
        stops = (match.end() for match in _STOP.finditer(self.text, start, end))
        for high in (*stops, end):
            while high - low > _LONGEST_SENTENCE:
                yield low, low + _LONGEST_SENTENCE
                low += _LONGEST_SENTENCE
            if low < high:
                yield low, high
            low = high

    def _statements(self, low: int, quantities: Sequence[Quantity]) -> list[Statement]:
        """Return the statements of a sentence; runs (A、B分别为1、2) become one statement for each place."""
        found: list[Statement] = []
        current: dict[int, Statement] = {}
        run: list[Statement] = []
        place_in_run = 0
        number, paragraph = self._sentences, len(self.paragraphs) - 1
        figures = list(figures_of(self.text, low, quantities))
        for index, figure in enumerate(figures):
            is_run = (
                figure.is_joined
                and not figure.subject
                and figures[index - 1].quantity.kind == figure.quantity.kind
            )
            begins_run = (
                not is_run
                and index + 1 < len(figures)
                and figures[index + 1].is_joined
                and not figures[index + 1].subject
                and figures[index + 1].quantity.kind == figure.quantity.kind
                and figures[index + 1].quantity.unit == figure.quantity.unit
            )
            for depth in [depth for depth in current if depth > figure.depth]:
                del current[depth]
            if begins_run and figure.aspect != Aspect.LEVEL:
                run = run or _named_before(found, figures, index)
            if (is_run and run) or begins_run:
                place_in_run = place_in_run + 1 if is_run else 0
                if begins_run and figure.aspect == Aspect.LEVEL and figure.subject:
                    run = []
                if place_in_run >= len(run):
                    subject = figure.subject if begins_run else ""
                    run.append(
                        Statement(
                            subject, figure.depth, number, paragraph, is_aside=False, is_run=True
                        )
                    )
                    found.append(run[-1])
                member = run[place_in_run]
                model = figures[index - place_in_run]
                member.figures.append(figure if not is_run else _like(figure, model))
                current[figure.depth] = member
                continue
            host = current.get(figure.depth)
            if (
                host is None
                and figure.aspect != Aspect.LEVEL
                and figure.depth
                and figure.depth - 1 in current
            ):
                host = current[figure.depth - 1]
            if host is None or _begins(figure, host):
                host = Statement(
                    figure.subject,
                    figure.depth,
                    number,
                    paragraph,
                    is_aside=_is_aside(figure),
                )
                found.append(host)
                current[figure.depth] = host
                run = []
            host.figures.append(figure)
        return found

    # Lists

    def _lists(self) -> Iterator[PartList]:
        for number, paragraph in enumerate(self.paragraphs):
            statements = paragraph.statements
            for index, statement in enumerate(statements):
                if not statement.first.trigger and not self._opens_bare(statements, index):
                    continue
                found = self._list_at(number, index)
                if found is not None:
                    yield found
            below = self._list_below(number)
            if below is not None:
                yield below

    def _far_wholes(self, number: int, items: Sequence[Statement], last: int) -> list[Statement]:
        """Return what 按…分 divides where its own sentence names nothing: a total right behind it, or a level above.

        Of the levels above, the one that is nearest to the sum, if it is near at all.
        """
        statements = self.paragraphs[number].statements
        behind = statements[last + 1] if last + 1 < len(statements) else None
        if (
            behind
            and behind.sentence == items[0].sentence + 1
            and _TOTAL.match(behind.first.lead.lstrip("。）"))
        ):
            return [behind]
        values = [
            next((f.quantity for f in item.levels if f.quantity.kind == Kind.AMOUNT), None)
            for item in items
        ]
        if len(values) < 2 or any(value is None for value in values):
            return []
        added = sum(value.value for value in values if value is not None)
        above = [
            s
            for paragraph in self.paragraphs[max(0, number - _NEAR_PARAGRAPHS) : number]
            for s in paragraph.statements
            if s.depth == 0
            and not s.is_aside
            and s.levels
            and s.levels[0].quantity.kind == Kind.AMOUNT
        ]
        near = [s for s in above if abs(s.levels[0].quantity.value - added) * 5 <= added]
        return [min(near, key=lambda s: abs(s.levels[0].quantity.value - added))] if near else []

    def _opens_bare(self, statements: Sequence[Statement], index: int) -> bool:
        """Return whether a bracket or a colon right behind a level opens a list of like things."""
        if not index:
            return False
        lead = statements[index].first.lead
        return bool(re.match(r"(?:（套）)?[（：](?!$)", lead)) and "。" not in lead

    def _list_at(self, number: int, index: int) -> PartList | None:
        """Return the list that opens with a statement of a paragraph."""
        statements = self.paragraphs[number].statements
        first = statements[index]
        wholes = self._wholes(number, index)
        if not wholes and not _CRITERION.match(first.first.trigger):
            return None
        items: list[Statement] = []
        is_clean, is_nested = True, False
        separator = ""
        last = index
        for place in range(index, len(statements)):
            statement = statements[place]
            if statement.sentence != first.sentence or statement.depth < first.depth:
                break
            last = place
            if statement.depth > first.depth:
                continue
            lead = statement.first.lead
            is_after_semicolon = "；" in lead
            if place > index:
                if is_after_semicolon and not separator and self._is_inner(statements, index):
                    break
                if _NO_ITEM.search(statement.first.phrase) and (
                    is_after_semicolon or not statement.first.quantity.kind.value == "count"
                ):
                    break
                if _NEW_THOUGHT.match(lead.lstrip("）")) or _TOTAL.match(lead):
                    break
                if is_after_semicolon and separator and separator != "；":
                    break
                if statement.first.trigger:
                    is_nested = True
                    continue
                if is_nested and not is_after_semicolon:
                    is_clean = False
                    continue
                is_nested = False
                if self._bracket_closed(statements[place - 1], statement, first.depth):
                    break
            if statement.is_aside and place > index:
                continue
            if items and not separator:
                separator = "；" if is_after_semicolon else (statement.first.mark or "，")
            items.append(statement)
        end = statements[last].end
        if not items or self._is_broken_off(number, statements, last):
            return None
        trigger = first.first.trigger
        further = (
            self._further(number, statements, last, first) if first.depth == 0 and trigger else []
        )
        items += further
        if not wholes:
            wholes = self._far_wholes(number, items, last)
            if not wholes:
                return None
        return PartList(
            wholes, items, trigger or first.first.lead[:1], first.first.is_strong, is_clean, end
        )

    def _is_inner(self, statements: Sequence[Statement], index: int) -> bool:
        """Return whether a list opens within another of the same sentence."""
        first = statements[index]
        before = statements[max(0, index - _REACH) : index]
        return any(
            s.first.trigger and s.sentence == first.sentence and s.depth == first.depth
            for s in before
        )

    def _bracket_closed(self, previous: Statement, statement: Statement, depth: int) -> bool:
        """Return whether a bracket that held the list closed between two statements."""
        if not depth:
            return False
        between = self.text[previous.end : statement.start]
        level = 0
        for char in between:
            level += (char == "（") - (char == "）")
            if level < 0 and previous.depth <= depth:
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
        if first.first.trigger.endswith("中，"):
            named = self._named(first)
            if named:
                return named
        above = first.sentence - 1
        if _CRITERION.match(first.first.trigger):
            opening = {s.sentence: s.first.trigger for s in reversed(near_by)}
            while _CRITERION.match(opening.get(above, "")):
                above -= 1
        earlier = [s for s in near_by if s.sentence == above and s.depth == 0 and s.levels]
        lead = first.first.lead.lstrip("0123456789.、（）一二三四五六七八九十")
        if not earlier and index == 0 and number and lead.startswith(("其中", "按")):
            over = self.paragraphs[number - 1].statements
            last = over[-1].sentence if over else -1
            earlier = [s for s in over if s.sentence == last and s.depth == 0 and s.levels]
        inside = next(
            (place for place, s in enumerate(earlier) if s.first.trigger and place), len(earlier)
        )
        return list(reversed(earlier[:inside])) + list(reversed(earlier[inside:]))

    def _named(self, first: Statement) -> list[Statement]:
        """Return the nearest statement that 专任教师中，names."""
        name = re.search(r"([\u4e00-\u9fff“”]{2,16})中，", first.first.lead)
        if name is None:
            return []
        words = re.sub(r"^(?:其|在|全部|以上|上述)", "", name[1])
        for statement in reversed(self.statements[-200:]):
            if statement.start < first.start and any(
                f.phrase.rstrip("为是共").endswith(words) for f in statement.levels
            ):
                return [statement]
        return []

    def _is_broken_off(self, number: int, statements: Sequence[Statement], last: int) -> bool:
        """Return whether the text ends in the middle of the list: behind a semicolon, or in a word."""
        if last + 1 < len(statements):
            return False
        paragraph = self.paragraphs[number]
        tail = self.text[statements[last].end : paragraph.end].strip()
        if re.search(r"[。！？：]", tail) or not tail or tail in ("）", "）；"):
            return False
        if number + 1 < len(self.paragraphs):
            return False
        return bool(re.search(r"[；，、]$|[，、；][\u4e00-\u9fff]{1,8}$", tail))

    def _further(
        self, number: int, statements: Sequence[Statement], last: int, first: Statement
    ) -> list[Statement]:
        """Return items that stand in the paragraphs below: the first began right behind the opening words."""
        if (
            last + 1 < len(statements)
            and statements[last + 1].sentence != first.sentence
            and not statements[last + 1].is_aside
        ):
            return []
        found: list[Statement] = []
        kind = first.first.quantity.kind
        for paragraph in self.paragraphs[number + 1 : number + _REACH]:
            line = self.text[paragraph.start : paragraph.end]
            begins = re.match(r"[\u4e00-\u9fff“”、（）]{2,20}\d[\d,.]* ?(?:万|亿)?元", line)
            if (
                paragraph.level >= 0
                or not begins
                or not paragraph.statements
                or kind != Kind.AMOUNT
            ):
                break
            found.append(paragraph.statements[0])
        return found

    def _list_below(self, number: int) -> PartList | None:
        """Return the list of numbered paragraphs below a paragraph that ends with 其中： or the like."""
        paragraph = self.paragraphs[number]
        line = self.text[max(paragraph.start, paragraph.end - 40) : paragraph.end].rstrip()
        trigger = last_trigger(line)
        if trigger is None or not re.fullmatch(
            r"[：:，]?|[^。，；\d]{0,8}[：:]", line[trigger.end() :]
        ):
            return None
        statements = [s for s in paragraph.statements if s.depth == 0 and s.levels]
        if not statements:
            return None
        last = statements[-1].sentence
        wholes = [s for s in reversed(statements) if s.sentence == last and not s.is_aside]
        items: list[Statement] = []
        level: int | None = None
        waits = False
        end = paragraph.end
        for following in self.paragraphs[number + 1 : number + 80]:
            if level is None:
                level = following.level
                if level < 0 and not following.statements:
                    return None
            is_item = following.level == level and (level >= 0 or bool(following.statements))
            if following.level >= 0 and following.level < level:
                break
            if (
                is_item
                and level < 0
                and not re.match(r"[^，。；\d]{2,24}\d", self.text[following.start : following.end])
            ):
                break
            if not is_item and not waits:
                if level < 0:
                    break
                continue
            usable = [s for s in following.statements if s.depth == 0 and s.levels]
            if is_item and waits:
                return None  # a heading without a figure: nothing is known of it
            if usable:
                items.append(usable[0])
                waits = False
                end = following.end
            else:
                waits = is_item
        if not wholes or len(items) < 2:
            return None
        return PartList(
            wholes,
            items,
            trigger.group(),
            bool(re.search("方面|具体|按|分为", trigger.group())),
            not waits,
            end,
        )


def _is_aside(figure: Figure) -> bool:
    """Return whether a figure stands in words of reason or use; new words of its own lead out of them."""
    if _ASIDE.search(figure.phrase):
        return True
    return not figure.subject and bool(_ASIDE.search(figure.lead.rsplit("；", 1)[-1]))


def _named_before(
    found: Sequence[Statement], figures: Sequence[Figure], index: int
) -> list[Statement]:
    """Return the last statements that 分别占…和… speaks of: as many as the run has figures."""
    if "分别" not in figures[index].lead and "各" not in figures[index].lead:
        return []
    length = 1
    while index + length < len(figures) and figures[index + length].is_joined:
        length += 1
    last = [s for s in found if s.depth == figures[index].depth][-length:]
    return last if len(last) == length and all(s.levels for s in last) else []


def _like(figure: Figure, model: Figure) -> Figure:
    """Return a figure of a run with the aspect of the run's first."""
    return Figure(
        quantity=replace(figure.quantity, role=model.quantity.role), aspect=model.aspect, phrase=model.phrase, lead=figure.lead, subject="", sign=model.sign,
        base=model.base, year=model.year, of=model.of, depth=figure.depth, mark=figure.mark, trigger="", is_strong=False,
        is_joined=True,
    )  # fmt: skip


def _begins(figure: Figure, host: Statement) -> bool:
    """Return whether a figure opens a statement of its own instead of saying more of the one before."""
    if figure.aspect in (Aspect.CHANGE, Aspect.DIFFERENCE):
        if figure.trigger and not _AGAINST_LIST.search(figure.lead):
            return True
        if _OF_ALL.match(figure.subject):
            return not host.levels
        return bool(figure.subject) and not (
            host.subject and _is_same(figure.subject, host.subject)
        )
    if figure.aspect == Aspect.BEFORE:
        return False
    if figure.aspect != Aspect.LEVEL:
        return False
    if figure.trigger or ("；" in figure.lead and _NEW_THOUGHT.match(figure.lead)):
        return True
    if figure.subject:
        return not (
            host.subject and figure.subject == host.subject and figure.quantity.kind == Kind.AMOUNT
        )
    if not host.levels:
        return False
    same = [
        level
        for level in host.levels
        if level.quantity.unit == figure.quantity.unit
        and level.quantity.role == figure.quantity.role
        and level.year == figure.year
    ]
    return bool(same)


def _is_same(one: str, other: str) -> bool:
    return one in other or other in one


def _level(line: str) -> int:
    """Return the level of a paragraph's numbering, -1 for none."""
    for level, marker in enumerate(_MARKERS):
        if marker.match(line):
            return level
    return -1
