"""Set a ReportDocument as PDF. The only module, with patches.py, that knows WeasyPrint.

The text of a report is hostile until proven otherwise: the template escapes it, and the page may load nothing but the
assets named here, so no file and no address is ever opened. The same document with the same fonts gives the same bytes.
"""

import gc
import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from types import ModuleType
from typing import Any

from django.template.loader import render_to_string

from perfeval.rendering import fonts as font_setup
from perfeval.rendering import markup, patches, watermark
from perfeval.rendering.document import Heading, Paragraph, ReportDocument, Table
from perfeval.rendering.finishing import Attachment, finish
from perfeval.rendering.fonts import FontSetup, Role

PDF_VARIANT = "pdf/a-3a"
#: More characters than this are not a report; a page holds 616.
MOST_CHARACTERS = 200_000
MOST_TABLE_ROWS = 1_500
ASSET_SCHEME = "report-asset"

#: What WeasyPrint raises where a page is beyond it; it has no error class of its own.
_LIBRARY_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    TypeError,
    ValueError,
)

logger = logging.getLogger(__name__)
_lock = threading.Lock()


class RenderFailed(Exception):
    """The document could not be set; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character without a glyph and the place where it stands: the heading above and some text around it."""

    character: str
    section: str
    excerpt: str


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


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished file and what it was made with. ``fonts``: as ``FontSetup.as_record``."""

    data: bytes
    page_count: int
    sha256: str
    fonts: dict[str, object]
    weasyprint_version: str


def render(
    document: ReportDocument,
    *,
    created_at: datetime,
    fonts: FontSetup | None = None,
    is_glyph_checked: bool = True,
    attached: Sequence[Attachment] = (),
) -> RenderedPdf:
    """Set ``document`` as PDF. ``created_at``, with a time zone, is written into the file.

    ``fonts``: what ``fonts.activate`` returned; arranged here when left out. ``attached``: files that
    the PDF carries.

    Raises: GlyphMissing, RenderFailed; fonts.FontPackMissing when the fonts are not built.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    fonts = fonts or font_setup.activate()
    _check_size(document)
    if is_glyph_checked and (missing := tuple(missing_glyphs(document, fonts))):
        raise GlyphMissing(missing)
    stamp = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with _setting():
        finisher = partial(finish, attached=attached)
        data, page_count, version = _write(document, fonts, stamp, finisher)
    return RenderedPdf(
        data, page_count, hashlib.sha256(data).hexdigest(), fonts.as_record(), version
    )


def set_pages(html: str, style: str, *, fonts: FontSetup | None = None) -> bytes:
    """Set a page of ours that is no official report (a list of findings) as PDF and return it.

    ``html`` is a whole document whose texts are escaped; it may load nothing. ``style`` may use the
    variables of ``fonts.css_variables``. A character that no font has is shown as 〓.

    Raises: RenderFailed; fonts.FontPackMissing when the fonts are not built.
    """
    fonts = fonts or font_setup.activate()
    missing = font_setup.missing_characters(html, Role.SONG, fonts.font_dir)
    html = html.translate({ord(one): "〓" for one in missing if one.isprintable()})
    with _setting():
        weasyprint, configuration = _weasyprint(str(fonts.config_file))
        fetcher = _asset_fetcher({})
        sheet = weasyprint.CSS(
            string=font_setup.css_variables() + style,
            base_url=f"{ASSET_SCHEME}:",
            url_fetcher=fetcher,
            font_config=configuration,
        )
        page = weasyprint.HTML(string=html, base_url=f"{ASSET_SCHEME}:", url_fetcher=fetcher)
        return bytes(
            page.write_pdf(
                stylesheets=[sheet],
                font_config=configuration,
                pdf_identifier=hashlib.sha256(html.encode() + style.encode()).digest()[:16],
            )
        )


@contextmanager
def _setting() -> Iterator[None]:
    """Hold the renderer for one document, garbage collector off. Raises: RenderFailed."""
    with _lock:
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        except RecursionError as error:
            raise RenderFailed("the document is nested too deeply to be set") from error
        except _LIBRARY_ERRORS as error:
            logger.exception("WeasyPrint failed")
            raise RenderFailed(f"the document could not be set: {error}") from error
        finally:
            if collecting:
                gc.enable()


def _check_size(document: ReportDocument) -> None:
    """Refuse what no report is before the renderer works itself to death on it. Raises: RenderFailed."""
    characters = sum(len(text) for _, _, text in _texts(document))
    if characters > MOST_CHARACTERS:
        raise RenderFailed(
            f"the report has {characters:,} characters; {MOST_CHARACTERS:,} are the most that is set"
        )
    rows = len(document.score_sheet.rows) + sum(
        len(block.rows) for block in document.blocks if isinstance(block, Table)
    )
    if rows > MOST_TABLE_ROWS:
        raise RenderFailed(
            f"the report's tables have {rows:,} rows; {MOST_TABLE_ROWS:,} are the most that is set"
        )


# --- Glyphs -------------------------------------------------------------------------------------------------------


def missing_glyphs(document: ReportDocument, fonts: FontSetup) -> Iterator[MissingGlyph]:
    """Yield every character that the fonts of its place cannot draw, once for each section."""
    seen = set()
    for role, section, text in _texts(document):
        for character in font_setup.missing_characters(text, role, fonts.font_dir):
            if (section, character) not in seen:
                seen.add((section, character))
                at = text.index(character)
                yield MissingGlyph(character, section, text[max(0, at - 8) : at + 9])


_HEADING_ROLES = {1: Role.HEI, 2: Role.KAI}


def _texts(document: ReportDocument) -> Iterator[tuple[Role, str, str]]:
    """Yield every text with its role and the heading it stands under."""
    section = document.title
    yield Role.HEI, section, document.annex_mark
    yield Role.XIAOBIAOSONG, section, document.title
    yield Role.HEI, section, document.watermark
    for block in document.blocks:
        match block:
            case Heading():
                section = f"{block.number}{block.text}"
                yield _HEADING_ROLES.get(block.level, Role.FANGSONG), section, section
            case Paragraph():
                yield Role.FANGSONG, section, block.text
            case Table():
                yield Role.HEI, section, block.caption
                yield Role.SONG, section, block.unit
                for column in block.columns:
                    yield Role.HEI, section, column.heading
                for row in block.rows:
                    for text in row:
                        yield Role.SONG, section, text
    sheet = document.score_sheet
    yield Role.HEI, sheet.title, sheet.mark
    yield Role.XIAOBIAOSONG, sheet.title, sheet.title
    for column in sheet.columns:
        yield Role.HEI, sheet.title, column.heading
    for label in (
        sheet.total_label,
        sheet.total_weight,
        sheet.total_points,
        sheet.grade_label,
        sheet.grade,
    ):
        yield Role.HEI, sheet.title, label
    for leaf in sheet.rows:
        for text in (
            leaf.primary,
            leaf.secondary,
            leaf.tertiary,
            leaf.weight,
            leaf.standard,
            leaf.points,
            leaf.reason,
        ):
            yield Role.SONG, sheet.title, text


# --- WeasyPrint ---------------------------------------------------------------------------------------------------


@cache
def _weasyprint(_config_file: str) -> tuple[ModuleType, Any]:
    """Import WeasyPrint after the fonts are arranged; return it and one FontConfiguration that is kept.

    A new FontConfiguration for each page would leak 0.2 MB every time.
    """
    import weasyprint  # noqa: PLC0415  fontconfig reads its configuration at this import
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415  as above

    patches.justify_between_characters()
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint, FontConfiguration()


def _write(
    document: ReportDocument, fonts: FontSetup, stamp: str, finisher: Callable[[Any, Any], None]
) -> tuple[bytes, int, str]:
    """Lay the document out and return the file, its page count and WeasyPrint's version.

    ``finisher`` is given WeasyPrint's document and its PDF objects before they are written.

    A merged cell that a page break goes through would lose its label and its rule, so a document
    with such a table is laid out a second time with the table cut where the first layout broke it.
    """
    weasyprint, configuration = _weasyprint(str(fonts.config_file))
    fetcher = _asset_fetcher(_assets(document, fonts))
    style = font_setup.css_variables() + render_to_string("report/report.css")
    if document.watermark:
        style += render_to_string("report/watermark.css", {"scheme": ASSET_SCHEME})
    sheet = weasyprint.CSS(
        string=style, base_url=f"{ASSET_SCHEME}:", url_fetcher=fetcher, font_config=configuration
    )

    def lay_out(cuts: dict[int, list[int]]) -> tuple[str, Any]:
        html = markup.as_html(document, created_at=stamp, cuts=cuts)
        page = weasyprint.HTML(string=html, base_url=f"{ASSET_SCHEME}:", url_fetcher=fetcher)
        return html, page.render(
            font_config=configuration, stylesheets=[sheet], pdf_variant=PDF_VARIANT
        )

    html, laid_out = lay_out({})
    if cuts := _table_cuts(laid_out):
        html, laid_out = lay_out(cuts)
    identifier = hashlib.sha256(html.encode() + style.encode()).digest()[:16]
    data = laid_out.write_pdf(pdf_variant=PDF_VARIANT, pdf_identifier=identifier, finisher=finisher)
    return data, len(laid_out.pages), weasyprint.VERSION


def _table_cuts(laid_out: Any) -> dict[int, list[int]]:
    """Return, for each body table that goes over pages, the rows that begin a page."""
    cuts: dict[int, list[int]] = {}
    last: dict[int, tuple[int, int]] = {}
    for number, page in enumerate(laid_out.pages):
        for box in page._page_box.descendants():  # noqa: SLF001  no other way tells where rows went
            element = getattr(box, "element", None)
            if box.element_tag != "tr" or element is None or element.get("data-row") is None:
                continue
            table, row = int(element.get("data-table")), int(element.get("data-row"))
            before = last.get(table)
            if before and before[0] != number and row > before[1]:
                cuts.setdefault(table, []).append(row)
            last[table] = (number, row)
    return cuts


def _assets(document: ReportDocument, fonts: FontSetup) -> dict[str, bytes]:
    if not document.watermark:
        return {}
    return {
        f"{ASSET_SCHEME}:watermark-{name}.svg": watermark.as_svg(
            document.watermark, width_mm, height_mm, fonts
        )
        for name, width_mm, height_mm in (("portrait", 210, 297), ("landscape", 297, 210))
    }


def _asset_fetcher(assets: dict[str, bytes]) -> Any:
    """Return a fetcher that serves ``assets`` and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415  after the fonts

    class AssetFetcher(URLFetcher):
        """Serves named bytes from memory; every other address fails, whatever its scheme."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002  WeasyPrint names it
            """Return the asset. Raises: ValueError for anything else."""
            if url not in assets:
                logger.warning("refused to load %.200s", url)
                raise ValueError("only the report's own assets may be loaded")
            return URLFetcherResponse(url, assets[url], {"Content-Type": "image/svg+xml"})

    return AssetFetcher(allowed_protocols=[ASSET_SCHEME])
