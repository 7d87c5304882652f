"""What is different between two versions of a scheme, as codes with parameters, each with its effect.

``schemes.change_words`` holds a sentence for each code. The comparison follows the declared fields
of the frozen values, so that a field added later is told too, as ``other``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from perfeval.scoring.quantity import plain
from perfeval.scoring.scheme.tree import OutlineSection, Scheme, TotalCap
from perfeval.scoring.versions.changes import (
    COMPATIBLE,
    INCOMPATIBLE,
    NONE,
    TEXT,
    Change,
    Effect,
    KnownField,
    as_text,
    choice_changes,
    field_changes,
    keyed,
    order_changes,
    rounding_changes,
)
from perfeval.scoring.versions.difference_tree import tree_changes
from perfeval.scoring.versions.mapping import full_mapping

#: What the sections of this module tell by themselves.
_TOLD = frozenset(
    {
        "code", "version", "indicators", "grade_bands", "rounding", "figure_columns",
        "figure_lines", "breakdowns", "rates", "goal_categories", "outline", "phrases",
        "total_caps", "slots",
    }
)  # fmt: skip
_HEAD = {
    **dict.fromkeys(("name", "authority", "source", "unverified"), TEXT),
    **dict.fromkeys(("report_title", "annex_mark"), TEXT),
    "year": KnownField("number", NONE),
    "full_score": KnownField("number", COMPATIBLE),
    "equal_goals": KnownField("word", COMPATIBLE),
    "deviation_percent": KnownField("number", NONE),
}
_LINE = {
    "name": TEXT,
    "hint": TEXT,
    "breakdown": KnownField("text", COMPATIBLE),
    "required": KnownField("codes", COMPATIBLE),
}
_BREAKDOWN = {"name": TEXT, "of": KnownField("text", COMPATIBLE)}
_SECTION = {
    "title": TEXT,
    "hint": TEXT,
    "level": KnownField("number", NONE),
    "content": KnownField("codes", NONE),
    "is_required": KnownField("flag", lambda _old, new: COMPATIBLE if new else NONE),
    "max_length": KnownField("number", lambda old, new: COMPATIBLE if new < old else NONE),
}
_SLOT = {
    **dict.fromkeys(("hint", "loss_phrase", "level_label", "percent_label"), TEXT),
    "standards": KnownField("other", NONE),
    "most": KnownField("number", lambda old, new: INCOMPATIBLE if new < old else NONE),
    "has_headings": KnownField("flag", INCOMPATIBLE),
    "kinds": KnownField("codes", lambda old, new: INCOMPATIBLE if set(old) - set(new) else NONE),
    "levels": KnownField("other", INCOMPATIBLE),
}


def difference(
    old: Scheme, new: Scheme, mapping: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """Return every change from ``old`` to ``new``: the head first, then the tree in its new order.

    ``mapping``: the full mapping of codes (``mapping.full_mapping``); each means itself without it.
    """
    places = full_mapping(old, new, {}) if mapping is None else mapping
    return (
        *field_changes("scheme", old, new, _HEAD, skip=_TOLD),
        *rounding_changes("scheme", old.rounding, new.rounding),
        *_grades(old, new),
        *_budget(old, new),
        *_rates(old, new),
        *_goals(old, new),
        *tree_changes(old, new, places),
        *_slots(old, new),
        *_outline(old, new),
        *_phrases(old, new),
    )


def _grades(old: Scheme, new: Scheme) -> Iterator[Change]:
    olds, news = keyed(old.grade_bands, new.grade_bands, "word")
    for word, band in olds.items():
        values = {"grade": word, "old": plain(band.minimum)}
        if word not in news:
            yield Change("grade_removed", COMPATIBLE, "grades", values)
        elif news[word].minimum != band.minimum:
            values["new"] = plain(news[word].minimum)
            yield Change("grade_minimum", COMPATIBLE, "grades", values)
    for word in news.keys() - olds.keys():
        values = {"grade": word, "new": plain(news[word].minimum)}
        yield Change("grade_added", COMPATIBLE, "grades", values)
    yield from order_changes("grades", olds, news, COMPATIBLE)
    for side, other, code in ((old, new, "cap_removed"), (new, old, "cap_added")):
        left = list(other.total_caps)
        for cap in side.total_caps:
            if cap in left:
                left.remove(cap)
            else:
                yield Change(code, COMPATIBLE, "grades", _cap_words(side, cap))
    caps = [[str(cap) for cap in scheme.total_caps] for scheme in (old, new)]
    yield from order_changes("grades", caps[0], caps[1])


def _cap_words(scheme: Scheme, cap: TotalCap) -> dict[str, str]:
    names = {rate.code: rate.name for rate in scheme.rates}
    limits = [as_text(cap.total)] if cap.total is not None else []
    limits += [cap.grade] if cap.grade else []
    return {
        "rate": names.get(cap.rate, cap.rate),
        "below": plain(cap.below),
        "limit": "、".join(limits),
    }


def _budget(old: Scheme, new: Scheme) -> Iterator[Change]:
    place = "budget"
    columns = keyed(old.figure_columns, new.figure_columns)
    lines = keyed(old.figure_lines, new.figure_lines)
    cells = [dict.fromkeys(scheme.amount_references()) for scheme in (old, new)]
    for _code, (earlier, later) in _both(*columns):
        yield from field_changes(
            place, earlier, later, {"name": TEXT}, skip=("code",), name=earlier.name
        )
    for _code, (earlier, later) in _both(*lines):
        skip = ("code", "columns")
        yield from field_changes(place, earlier, later, _LINE, skip=skip, name=earlier.name)
    for reference in cells[0]:
        if reference not in cells[1]:
            values = {"name": old.amount_label(reference)}
            yield Change("cell_removed", INCOMPATIBLE, place, values)
    for reference in cells[1]:
        if reference not in cells[0]:
            values = {"name": new.amount_label(reference)}
            yield Change("cell_added", COMPATIBLE, place, values)
    yield from _come_and_gone(place, "column", *columns, (NONE, NONE))
    yield from _come_and_gone(place, "line", *lines, (NONE, NONE))
    yield from order_changes(place, cells[0], cells[1])
    yield from order_changes(place, columns[0], columns[1])
    yield from order_changes(place, lines[0], lines[1])
    parts = keyed(old.breakdowns, new.breakdowns)
    yield from _come_and_gone(place, "breakdown", *parts, (COMPATIBLE, COMPATIBLE))
    for _code, (earlier, later) in _both(*parts):
        yield from field_changes(
            place, earlier, later, _BREAKDOWN, skip=("code",), name=earlier.name
        )
    yield from order_changes(place, parts[0], parts[1])


def _rates(old: Scheme, new: Scheme) -> Iterator[Change]:
    """Yield the changes of named rates: only those that a cap reads can change a score."""
    olds, news = keyed(old.rates, new.rates)
    used = {cap.rate for cap in (*old.total_caps, *new.total_caps)}
    for code, (earlier, later) in _both(olds, news):
        effect = COMPATIBLE if code in used else NONE
        known = {
            "name": TEXT,
            **dict.fromkeys(("numerator", "denominator"), KnownField("text", effect)),
        }
        yield from field_changes("budget", earlier, later, known, skip=("code",), name=earlier.name)
    for code, rate in olds.items():
        if code not in news:
            effect = COMPATIBLE if code in used else NONE
            yield Change("rate_removed", effect, "budget", {"name": rate.name})
    for code, rate in news.items():
        if code not in olds:
            effect = COMPATIBLE if code in used else NONE
            yield Change("rate_added", effect, "budget", {"name": rate.name})
    yield from order_changes("budget", olds, news)


def _goals(old: Scheme, new: Scheme) -> Iterator[Change]:
    place = "goals"
    olds, news = keyed(old.goal_categories, new.goal_categories)
    yield from _come_and_gone(place, "category", olds, news, (INCOMPATIBLE, COMPATIBLE))
    for _code, (earlier, later) in _both(olds, news):
        yield from field_changes(
            place, earlier, later, {"name": TEXT}, skip=("code", "kinds"), name=earlier.name
        )
        yield from choice_changes(place, earlier.kinds, later.kinds, earlier.name)
    yield from order_changes(place, olds, news)


def _slots(old: Scheme, new: Scheme) -> Iterator[Change]:
    names = {node.code: node.name for scheme in (old, new) for node in scheme.walk()}
    olds, news = keyed(old.slots, new.slots, "indicator")
    for code in olds:
        if code not in news:
            values = {"name": names.get(code, code)}
            yield Change("slot_removed", INCOMPATIBLE, "slots", values)
    for code in news:
        if code not in olds:
            values = {"name": names.get(code, code)}
            yield Change("slot_added", INCOMPATIBLE, "slots", values)
    for code, (earlier, later) in _both(olds, news):
        name = names.get(code, code)
        yield from field_changes("slots", earlier, later, _SLOT, skip=("indicator",), name=name)
    yield from order_changes("slots", olds, news)


def _outline(old: Scheme, new: Scheme) -> Iterator[Change]:
    place = "outline"
    olds, news = keyed(old.outline, new.outline)
    for code, section in olds.items():
        if code not in news:
            effect = INCOMPATIBLE if section.takes_text else NONE
            yield Change("section_removed", effect, place, {"name": section.title})
        elif section.takes_text and not news[code].takes_text:
            yield Change("section_text_removed", INCOMPATIBLE, place, {"name": section.title})
    for code, section in news.items():
        if code not in olds:
            effect = COMPATIBLE if section.takes_text and section.is_required else NONE
            yield Change("section_added", effect, place, {"name": section.title})
    for _code, (earlier, later) in _both(olds, news):
        yield from _section(place, earlier, later)
    yield from order_changes(place, olds, news)


def _section(place: str, earlier: OutlineSection, later: OutlineSection) -> Iterator[Change]:
    yield from field_changes(place, earlier, later, _SECTION, skip=("code",), name=earlier.title)


def _phrases(old: Scheme, new: Scheme) -> Iterator[Change]:
    for code, phrase in old.phrases.items():
        if phrase != new.phrases.get(code, ""):
            values = {"name": code, "old": phrase, "new": new.phrases.get(code, "")}
            yield Change("phrase", NONE, "phrases", values)
    for code, phrase in new.phrases.items():
        if code not in old.phrases:
            yield Change("phrase", NONE, "phrases", {"name": code, "old": "", "new": phrase})


def _both(olds: dict[str, Any], news: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    return ((code, (item, news[code])) for code, item in olds.items() if code in news)


def _come_and_gone(
    place: str,
    what: str,
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    effects: tuple[Effect, Effect],
) -> Iterator[Change]:
    """Yield what stands on one side only; ``effects`` of removing and of adding."""
    for code, item in olds.items():
        if code not in news:
            yield Change(f"{what}_removed", effects[0], place, {"name": item.name})
    for code, item in news.items():
        if code not in olds:
            yield Change(f"{what}_added", effects[1], place, {"name": item.name})
