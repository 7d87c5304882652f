"""Why a document could not be set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The fonts fail in this way too, and the glyphs are looked up in them.
    from perfeval.rendering.glyphs import MissingGlyph


class RenderFailed(Exception):
    """The document could not be set; the message says why and what to do."""


class GlyphMissing(RenderFailed):
    """Characters that no font can draw; the report must not be published with them."""

    def __init__(self, missing: tuple[MissingGlyph, ...]) -> None:
        """Say which characters, where."""
        self.missing = missing
        listed = "; ".join(
            f"“{one.character}” (U+{ord(one.character):04X}) in {one.section}: {one.excerpt}"
            for one in missing
        )
        super().__init__(
            f"no font has {listed}. Write the character in another way, or add a font that has it."
        )
