"""Build the font pack: the free fonts that stand in for the official ones, made fit for PDF.

    python -m perfeval.rendering.fontpack --out var/fonts

The sources are three Debian packages, which are downloaded and unpacked but not installed (no root, no TeX). Each font
is reduced to the characters a report can need, given a name and one weight of its own, and written as TrueType:
WeasyPrint puts glyph numbers into the PDF as character numbers, which is wrong for the CFF fonts these are; poppler and
Chromium forgive it, Ghostscript and MuPDF print blanks, and PDF/A validation fails. The result depends on the sources
alone: the same packages give the same bytes.
"""

from perfeval.rendering.fontpack.building import build
from perfeval.rendering.fontpack.characters import SPACES, codec_characters, standard_characters
from perfeval.rendering.fontpack.command import main
from perfeval.rendering.fontpack.sources import PACKAGES, FontPackError

__all__ = [
    "PACKAGES",
    "SPACES",
    "FontPackError",
    "build",
    "codec_characters",
    "main",
    "standard_characters",
]
