"""Set a working paper of ours (a list of findings) as PDF: no official report, so its layout is the caller's.

The texts are hostile until proven otherwise. To Typst they are data: shown, never run; it reads nothing outside the
folder of the template, and no network.
"""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import typst

from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import PACK_FAMILIES, FontSetup, TypefaceRole

_lock = threading.Lock()


class ListingFailed(Exception):
    """The paper could not be set; the message is Typst's."""


def set_listing(
    template: Path,
    data: Mapping[str, object],
    *,
    created_at: datetime,
    fonts: FontSetup | None = None,
) -> bytes:
    """Set ``template`` (a ``.typ`` file) with ``data`` as PDF and return it.

    The template finds the data as JSON under ``document``, with the font families of each role as
    ``fonts`` in it. ``created_at``, with a time zone, is written into the file. A character that no
    font has is shown as 〓.

    Raises: ListingFailed; fonts.FontPackMissing when the fonts are not built.
    """
    fonts = fonts or font_setup.activate()
    text = json.dumps(dict(data), ensure_ascii=False)
    missing = font_setup.missing_characters(text, TypefaceRole.SONG, fonts.font_dir)
    text = text.translate({ord(one): "〓" for one in missing if one.isprintable()})
    compiler, families = _compiler(template, fonts)
    document = json.loads(text) | {"fonts": families}
    try:
        with _lock:
            written = compiler.compile(
                format="pdf",
                sys_inputs={"document": json.dumps(document)},
                timestamp=created_at.astimezone(UTC).replace(microsecond=0),
            )
    except typst.TypstError as error:
        raise ListingFailed(error.message) from error
    assert isinstance(written, bytes)  # noqa: S101 - a PDF is one file
    return written


@lru_cache(maxsize=4)
def _compiler(
    template: Path, fonts: FontSetup
) -> tuple[typst.Compiler, dict[str, tuple[str, ...]]]:
    """Return a compiler that sees our fonts only, and the families of each role that it can find."""
    folders = [fonts.font_dir, *([fonts.licensed_dir] if fonts.licensed_dir else [])]
    seen = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )
    compiler = typst.Compiler(
        input=str(template),
        root=str(template.parent),
        font_paths=seen,
        ignore_system_fonts=True,
    )
    return compiler, {role.value: PACK_FAMILIES[role] for role in TypefaceRole}
