"""What somebody typed, held against what they had before them and what is stored now: cell by cell. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from perfeval.reports.places import ORDER_OF, State, is_prose, row_of
from perfeval.text.merging import merge_order, merge_text


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of a save: ``state`` whole, the places ``written``, and what collided with somebody's change.

    ``conflicts``: place -> the text that is stored there and stays.
    """

    state: dict[str, str]
    written: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)


def merge(stored: State, loaded: State, typed: State, *, skip: Collection[str] = ()) -> Merged:
    """Return ``stored`` with what was changed between ``loaded`` and ``typed``.

    ``loaded`` and ``typed``: all places of the part; ``skip``: places that could not be read and stay as they are.
    A place that nobody else changed is written; one that somebody changed and this person did not stays; where both
    changed it, prose is merged and all else is a conflict. A row that this person removed and somebody changed stays.
    """
    state, written, conflicts = dict(stored), dict[str, str](), dict[str, str]()
    changed = {
        place: (loaded.get(place, ""), typed.get(place, ""))
        for place in {**loaded, **typed}
        if place not in skip and loaded.get(place, "") != typed.get(place, "")
    }
    orders = {place: change for place, change in changed.items() if place.startswith("order:")}
    for place, (was, now) in orders.items():
        held = stored.get(place, "")
        kept = _changed_rows(place, was, now, stored, loaded)
        mine = _with_kept(was.split(), now.split(), kept)
        result = " ".join(merge_order(was.split(), mine, held.split()))
        if kept:
            conflicts[place] = held
        if result != held:
            state[place] = written[place] = result
    for place, (was, now) in changed.items():
        if place in orders:
            continue
        held = stored.get(place, "")
        if held == now or _is_of_a_row_that_stays(place, now, state, orders):
            continue
        if now and _is_of_a_gone_row(place, state):
            conflicts[place] = ""
            continue
        if held == was:
            state[place] = written[place] = now
            continue
        merged = merge_text(was, now, held) if is_prose(place) and was and held else None
        if merged is None:
            conflicts[place] = held
        elif merged != held:
            state[place] = written[place] = merged
    _drop_gone_rows(state, written)
    return Merged({place: text for place, text in state.items() if text}, written, conflicts)


def _names(state: Mapping[str, str], place: str) -> set[str]:
    return set(state.get(place, "").split())


def _changed_rows(order: str, was: str, now: str, stored: State, loaded: State) -> set[str]:
    """Return the rows that this person removed although somebody changed them since."""
    kind = next(kind for kind, place in ORDER_OF.items() if place == order)
    removed = (set(was.split()) - set(now.split())) & _names(stored, order)
    return {name for name in removed if _row(stored, kind, name) != _row(loaded, kind, name)}


def _row(state: State, kind: str, name: str) -> dict[str, str]:
    start = f"{kind}:{name}."
    return {place: text for place, text in state.items() if text and place.startswith(start)}


def _with_kept(was: list[str], now: list[str], kept: set[str]) -> list[str]:
    """Return the order ``now`` with the rows ``kept`` where they stood."""
    found = list(now)
    for place, name in enumerate(was):
        if name in kept:
            before = next((other for other in reversed(was[:place]) if other in found), None)
            found.insert(found.index(before) + 1 if before is not None else 0, name)
    return found


def _is_of_a_row_that_stays(
    place: str, now: str, state: State, orders: Mapping[str, tuple[str, str]]
) -> bool:
    """Return whether a cell was emptied only because its row was to go, which stays."""
    kind, name = row_of(place)
    order = ORDER_OF.get(kind, "")
    if now or order not in orders:
        return False
    return name not in orders[order][1].split() and name in _names(state, order)


def _is_of_a_gone_row(place: str, state: State) -> bool:
    """Return whether somebody removed the row that this cell stood in."""
    kind, name = row_of(place)
    return bool(kind) and name not in _names(state, ORDER_OF[kind])


def _drop_gone_rows(state: dict[str, str], written: dict[str, str]) -> None:
    """Empty the cells of rows that no order names any more."""
    for place in list(state):
        kind, name = row_of(place)
        if kind and state[place] and name not in _names(state, ORDER_OF[kind]):
            state[place] = written[place] = ""
