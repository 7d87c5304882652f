"""Figures put together to statements, and statements to lists: who is said to have what, and what divides into what.

A statement is a level with all that is said of it (支出120万元，上年110万元，增加10万元，增长9.09%，占20%). A list is a whole, the
words that open it (其中, 分别为, a bracket …) and the statements that follow as its items, to its end; a list that the text breaks
off is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity
from perfeval.checking.prose.clauses import Aspect, Figure, figures_of

_ASIDE = re.compile(
    r"主要(?!用于(?:以下|下列|几)|支出科目|包括[：，]?$)|原因|由于|因为|用于(?!以下)|(?<![内起])因(?!公)|系|接待对象|例如|^每|按每"
)
#: 收、支总计各增加: of whatever was said before.
_OF_ALL = re.compile(r"^(?:收、支总|收支总|总收入|总支出|收入总计|支出总计)$")
_AGAINST_LIST = re.compile(r"分别|[比较]")
NEW_THOUGHT = re.compile(
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


@dataclass(slots=True)
class ProseParagraph:
    """One paragraph: its place, its numbering (level and text) and its statements."""

    start: int
    end: int
    level: int
    statements: list[Statement] = field(default_factory=list)


class Statements:
    """All statements of a text, paragraph by paragraph."""

    def __init__(self, text: str, quantities: Sequence[Quantity]) -> None:
        self.text = text
        self.paragraphs: list[ProseParagraph] = []
        self.statements: list[Statement] = []
        self._sentences = 0
        self._read(quantities)

    # Sentences and statements

    def _read(self, quantities: Sequence[Quantity]) -> None:
        position = 0
        for match in re.finditer(r"[^\n]+", self.text):
            inside: list[Quantity] = []
            while position < len(quantities) and quantities[position].start < match.end():
                inside.append(quantities[position])
                position += 1
            paragraph = ProseParagraph(match.start(), match.end(), _level(match.group()))
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
    if figure.trigger or ("；" in figure.lead and NEW_THOUGHT.match(figure.lead)):
        return True
    if _OF_ALL.match(figure.subject) and figure.year and not host.levels:
        return False
    if figure.year and figure.subject and host.subject and _is_same(figure.subject, host.subject):
        return not any(level.year == figure.year + 1 for level in host.levels)
    if figure.subject:
        return not (
            host.subject and figure.subject == host.subject and figure.quantity.kind == Kind.AMOUNT
        )
    if not host.levels:
        return False
    units = {level.quantity.unit for level in host.levels}
    is_of_budget = figure.quantity.role in (*BUDGETS, AmountRole.SPENT)
    if "；" in figure.lead and figure.phrase and figure.quantity.unit in units and not is_of_budget:
        return True
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
