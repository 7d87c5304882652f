"""Every figure of a report in one table: what it names, of which year and budget, where it stands.

Prose and tables both give ``StatedFigure``; checks that hold a figure against the same figure elsewhere
(text against table, section against section) ask the ``FigureTable`` and never the text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from perfeval.checking.numbers import AmountRole, Kind


class Origin(StrEnum):
    """Where a figure is stated."""

    PROSE = "prose"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """One figure and what it is said of.

    ``value`` in the plain unit (元, %, 分, pieces); ``unit`` that plain unit (元, %, 分, 个 …); ``quantum`` is what
    one unit of the last written digit is worth, so that figures written more coarsely are compared fairly.
    ``subject``: the words that name it, as the text gives them (公务接待费支出); ``name`` is what is compared.
    ``whole``: what it is a part of, by the list or the heading it stands below; empty for none.
    ``year``: None where the text names none. ``role``: 年初预算, 支出 …, OTHER where nothing is said.
    ``start``/``end`` in the prose's offsets, number and unit. ``is_open``: 近, 约, 以上 stand beside it.
    """

    value: Decimal
    kind: Kind
    unit: str
    quantum: Decimal
    subject: str
    start: int
    end: int
    written: str
    year: int | None = None
    role: AmountRole = AmountRole.OTHER
    whole: str = ""
    origin: Origin = Origin.PROSE
    is_open: bool = False

    @property
    def name(self) -> str:
        """Return what it names, without year, stance, brackets and scope: 2022年度“三公”经费支出决算 is 三公经费."""
        return bare_name(_SCOPE.sub("", _BRACKETS.sub("", self.subject)))

    @property
    def scope(self) -> frozenset[str]:
        """Return the budgets that its words and its whole name: 财政拨款, 一般公共预算, 政府性基金 …"""
        return frozenset(_SCOPE.findall(_BRACKETS.sub("", self.whole + self.subject)))

    def agrees_with(self, other: "StatedFigure") -> bool:
        """Return whether both may be one figure, written with different units or decimals."""
        return abs(self.value - other.value) < max(self.quantum, other.quantum)


_SCOPE = re.compile(r"一般公共预算|政府性基金|国有资本经营|财政拨款|社会保险基金|专户")
#: 本年收入合计, 收入决算合计, 支出总计, 总收入, 收、支总计
_TOTAL = re.compile(
    r"^(?:(?P<both>收、?支|收入、?支出)(?:决算|预算)?总(?:计|预算|额|体)?|(?P<side>收入|支出)(?:决算|预算)?(?:(?P<total>总计)|合计)|总(?P<side2>收入|支出))"
    r"(?:决算|预算|数|均|各)*(?:为|是|达|共)*$"
)
_BRACKETS = re.compile(r"（[^（）]*）|[“”\"'《》 ]")
_LEADING = re.compile(
    r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]{1,3}、|其中|截至[^，]*?[日月底]|20\d\d年度?|(?:本|当|全)年度?|年度"
    r"|(?:我|本|该|全)(?:部门|单位|局|校|馆|中心|院|委|镇|县|市|区|会)|部门|单位|的|度)+"
)
_TRAILING = re.compile(
    r"(?:财政拨款)?(?:支出决算数?|收入决算数?|决算支出|支出数|支出总额|支出合计|支出|决算数?|预算数?|执行数|使用|完成|金额|总额|合计|总计|总数|共计"
    r"|数|(?<!公)共|为|是|达|达到|约|的|有|计)+$"
)


def bare_name(subject: str) -> str:
    """Return what a subject names, so that two wordings of it can be compared.

    收入合计 and 支出总计 keep their words, for they name totals; empty for nothing but stance.
    """
    plain = _LEADING.sub("", _BRACKETS.sub("", subject))
    total = _TOTAL.search(plain)
    if total:
        side = "收支" if total["both"] else (total["side"] or total["side2"])
        return side + ("总计" if total["total"] or total["side2"] or total["both"] else "合计")
    return _TRAILING.sub("", plain)


@dataclass(frozen=True)
class FigureTable:
    """All figures of one report, found by what they name."""

    figures: tuple[StatedFigure, ...]
    _by_name: dict[str, list[StatedFigure]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for figure in self.figures:
            self._by_name.setdefault(figure.name, []).append(figure)

    @classmethod
    def of(cls, *sources: Iterable[StatedFigure]) -> "FigureTable":
        """Return the table of all sources, in the order of the text."""
        every = [figure for source in sources for figure in source]
        return cls(tuple(sorted(every, key=lambda figure: (figure.start, figure.end))))

    def named(self, name: str) -> tuple[StatedFigure, ...]:
        """Return the figures of one bare name, in the order of the text."""
        return tuple(self._by_name.get(name, ()))

    def names(self) -> Iterator[str]:
        """Yield each bare name once."""
        yield from self._by_name
