"""Three versions of a text or a list made one: what two people changed apart both stays. Pure."""

from collections.abc import Sequence
from difflib import SequenceMatcher

#: Beyond so many characters a line is not compared character by character: that takes time by the square.
_LONGEST_COMPARED = 4_000


def merge_text(base: str, mine: str, theirs: str) -> str | None:
    """Return ``theirs`` with what ``mine`` changed since ``base``; None where both changed the same place.

    Lines are merged first; lines that both changed are merged by characters, where the changes do not touch.
    """
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    lines = _merged(base.split("\n"), mine.split("\n"), theirs.split("\n"), is_inner=False)
    return None if lines is None else "\n".join(lines)


def merge_order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Return the names of ``theirs`` with what ``mine`` added, removed and moved since ``base``.

    What either removed is gone, what either added stays behind its neighbour; where both moved rows, the order of
    ``theirs`` stands.
    """
    kept = [name for name in theirs if name in mine or name not in base]
    shared = [name for name in kept if name in mine and name in base]
    is_moved_by_them = shared != [name for name in base if name in shared]
    if not is_moved_by_them:
        in_my_order = iter([name for name in mine if name in shared])
        kept = [next(in_my_order) if name in shared else name for name in kept]
    for place, name in enumerate(mine):
        if name not in base and name not in kept:
            before = next((other for other in reversed(mine[:place]) if other in kept), None)
            kept.insert(kept.index(before) + 1 if before is not None else 0, name)
    return kept


def _merged(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], *, is_inner: bool
) -> list[str] | None:
    """Return both changes of ``base``, None where they touch and can't be merged more finely."""
    my_blocks, their_blocks = _kept(base, mine), _kept(base, theirs)
    found: list[str] = []
    at, mine_at, theirs_at = 0, 0, 0
    for start, my_start, their_start, length in [
        *_common(my_blocks, their_blocks),
        (len(base), len(mine), len(theirs), 0),
    ]:
        piece = _piece(
            base[at:start], mine[mine_at:my_start], theirs[theirs_at:their_start], is_inner=is_inner
        )
        if piece is None:
            return None
        found += piece
        found += base[start : start + length]
        at, mine_at, theirs_at = start + length, my_start + length, their_start + length
    return found


def _piece(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], *, is_inner: bool
) -> list[str] | None:
    if mine in (theirs, base):
        return list(theirs)
    if theirs == base:
        return list(mine)
    is_same_lines = len(base) == len(mine) == len(theirs)
    if is_inner or not is_same_lines or sum(map(len, base)) > _LONGEST_COMPARED:
        return None
    lines = []
    for old, my, their in zip(base, mine, theirs, strict=True):
        merged = [my] if their in (my, old) else [their] if my == old else None
        inner = merged or _merged(list(old), list(my), list(their), is_inner=True)
        if inner is None:
            return None
        lines.append("".join(inner))
    return lines


_Block = tuple[int, int, int]


def _kept(base: Sequence[str], other: Sequence[str]) -> list[_Block]:
    """Return what stayed: where it stands in both, and how long it is."""
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]


def _common(mine: list[_Block], theirs: list[_Block]) -> list[tuple[int, int, int, int]]:
    """Return what both kept of the base: where it stands in base, mine and theirs, and how long it is."""
    found = []
    for base_at, my_at, length in mine:
        for other_at, their_at, other_length in theirs:
            start = max(base_at, other_at)
            end = min(base_at + length, other_at + other_length)
            if start < end:
                found.append(
                    (start, my_at + start - base_at, their_at + start - other_at, end - start)
                )
    return sorted(found)
