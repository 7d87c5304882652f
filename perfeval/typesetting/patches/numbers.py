"""Write each number and name of a file once: coordinates of columns and rows, sizes and keys come again and again."""

from typing import Any

from perfeval.typesetting.patches.replacing import Replacements

#: They are forgotten when there are more: a document has some thousands.
_MOST_KEPT = 50_000
#: Longer words are not names of PDF but text of the document.
_LONGEST_NAME = 20


def replacements() -> Replacements:
    """Return what takes the place of what in pydyf and WeasyPrint."""
    import pydyf  # noqa: PLC0415  comes with WeasyPrint, after the fonts
    from weasyprint.pdf import stream  # noqa: PLC0415  as above

    to_bytes = pydyf._to_bytes  # noqa: SLF001  every operator is written with it
    # 1 and 1.0 are the same key, and written alike.
    kept: dict[Any, bytes] = {}

    def kept_bytes(item: Any) -> bytes:
        kind = type(item)
        if kind is bytes:
            return item
        if kind is float or kind is int or (kind is str and len(item) <= _LONGEST_NAME):
            found = kept.get(item)
            if found is None:
                if len(kept) >= _MOST_KEPT:
                    kept.clear()
                found = kept[item] = to_bytes(item)
            return found
        return to_bytes(item)

    set_color = stream.Stream.set_color

    def set_same_color(self: Any, color: Any, stroke: bool = False) -> None:  # noqa: FBT001, FBT002  WeasyPrint's own
        # Whoever restores a state forgets these; colours are never changed, only replaced.
        now = (color, self._current_color, self._current_alpha)
        last = self.__dict__.get("_perfeval_color")
        if (
            not stroke
            and last is not None
            and last[0] is color
            and now[1] is not None
            and last[1] is now[1]
            and last[2] is now[2]
        ):
            return
        set_color(self, color, stroke)
        if not stroke:
            self._perfeval_color = color, self._current_color, self._current_alpha

    return [(to_bytes, kept_bytes), (set_color, set_same_color)]
