"""How each font of the pack is made: its name, its source, what it takes from others."""

from dataclasses import dataclass

from perfeval.fonts.pack.sources import FANDOL, LXGW, NOTO


@dataclass(frozen=True)
class Recipe:
    """How one font of the pack is made."""

    family: str
    package: str
    path: str
    based_on: str
    face: str = ""
    """The face to take out of a collection."""
    beside: str = ""
    """Path of the font whose gaps this one fills; empty for an everyday font."""
    figures: str = ""
    """Path of the font whose figures, Latin letters and marks this one has instead of its own."""
    wide: bool = False
    """Holds all of GBK too, for the traditional and historical characters of names and quotations."""


# The slowest first, so that no core waits for a long last one.
RECIPES = (
    Recipe(
        "Perfeval Rare",
        "lxgw",
        f"{LXGW}/LXGWWenKai-Light.ttf",
        "LXGW WenKai Light",
        beside=f"{FANDOL}/FandolFang-Regular.otf",
        wide=True,
    ),
    Recipe(
        "Perfeval Xiaobiaosong",
        "noto",
        f"{NOTO}/NotoSerifCJK-Bold.ttc",
        "Noto Serif CJK SC Bold",
        "Noto Serif CJK SC",
    ),
    Recipe("Perfeval Kai", "fandol", f"{FANDOL}/FandolKai-Regular.otf", "FandolKai"),
    # FandolFang's own figures are those of a grotesque, much heavier than its characters.
    Recipe(
        "Perfeval Fangsong",
        "fandol",
        f"{FANDOL}/FandolFang-Regular.otf",
        "FandolFang, figures and Latin letters FandolSong",
        figures=f"{FANDOL}/FandolSong-Regular.otf",
    ),
    Recipe("Perfeval Hei", "fandol", f"{FANDOL}/FandolHei-Regular.otf", "FandolHei"),
    Recipe("Perfeval Song", "fandol", f"{FANDOL}/FandolSong-Regular.otf", "FandolSong"),
    Recipe(
        "Perfeval Rare Hei",
        "noto",
        f"{NOTO}/NotoSansCJK-Regular.ttc",
        "Noto Sans CJK SC Regular",
        "Noto Sans CJK SC",
        beside=f"{FANDOL}/FandolHei-Regular.otf",
    ),
    Recipe(
        "Perfeval Rare Song",
        "noto",
        f"{NOTO}/NotoSerifCJK-Regular.ttc",
        "Noto Serif CJK SC Regular",
        "Noto Serif CJK SC",
        beside=f"{FANDOL}/FandolSong-Regular.otf",
    ),
    Recipe(
        "Perfeval Rare Kai",
        "lxgw",
        f"{LXGW}/LXGWWenKai-Regular.ttf",
        "LXGW WenKai",
        beside=f"{FANDOL}/FandolKai-Regular.otf",
    ),
)
