"""Build the font pack: the free fonts that stand in for the official ones, made fit for PDF.

    python -m perfeval.fonts.pack --out var/fonts

The sources are three Debian packages, which are downloaded and unpacked but not installed (no root, no TeX). Each font
is reduced to the characters a report can need, given a name and one weight of its own, and written as TrueType:
WeasyPrint puts glyph numbers into the PDF as character numbers, which is wrong for the CFF fonts these are; poppler and
Chromium forgive it, Ghostscript and MuPDF print blanks, and PDF/A validation fails. The result depends on the sources
alone: the same packages give the same bytes.
"""

from perfeval.fonts.pack.building import build
from perfeval.fonts.pack.characters import SPACES, codec_characters, standard_characters
from perfeval.fonts.pack.command import main
from perfeval.fonts.pack.sources import PACKAGES, FontPackError

__all__ = [
    "PACKAGES",
    "SPACES",
    "FontPackError",
    "build",
    "codec_characters",
    "main",
    "standard_characters",
]
