"""Reads lines and positions out of a PDF, in the units of the standard."""

from dataclasses import dataclass

PT_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Line:
    """One line of text: where its characters stand, in pt from the page's left and top edge."""

    text: str
    left: float
    right: float
    middle: float
    size: float
    font: str
    chars: tuple


def lines(page, *, font: str = "") -> list[Line]:
    """Return the lines of an upright page in reading order, spaces left out.

    The figures of the body (``font`` "Fangsong") are those of 宋体.
    """
    rows: dict[int, list] = {}
    for char in page.chars:
        if not char["upright"] or char["text"].isspace() or not _is_of(char, font):
            continue
        middle = (char["top"] + char["bottom"]) / 2
        key = next((known for known in rows if abs(known / 10 - middle) < 4), round(middle * 10))
        rows.setdefault(key, []).append(char)
    found = []
    for key, chars in sorted(rows.items()):
        chars.sort(key=lambda char: char["x0"])
        found.append(
            Line(
                text="".join(char["text"] for char in chars),
                left=chars[0]["x0"],
                right=chars[-1]["x1"],
                middle=key / 10,
                size=max(char["size"] for char in chars),
                font=chars[0]["fontname"].partition("+")[2],
                chars=tuple(chars),
            )
        )
    return found


def _is_of(char, font: str) -> bool:
    is_figure = (
        char["text"].isascii() and abs(char["size"] - 16) < 0.1 and "Song" in char["fontname"]
    )
    return font in char["fontname"] or (font == "Fangsong" and is_figure)


def squeezed(text: str) -> str:
    """Return ``text`` without white space."""
    return "".join(text.split())


def body_text(page) -> str:
    """Return the page's text in content order without white space and page number."""
    return "".join(
        char["text"] for char in page.chars if not char["text"].isspace() and not is_of_number(char)
    )


def number_of(page) -> list:
    """Return the characters of the page number in reading order, upright or turned."""
    chars = [char for char in page.chars if is_of_number(char)]
    chars.sort(key=lambda char: char["x0"] if char["upright"] else char["top"])
    return chars


def is_of_number(char) -> bool:
    """Return whether a character belongs to a page number: nothing else is 宋体 in 14 pt."""
    return abs(char["size"] - 14) < 0.1 and "Song" in char["fontname"]
