"""Lay out the data of a document with WeasyPrint. With ``patches`` and ``finishing`` the only modules that know it.

The text of a report is hostile until proven otherwise: it is escaped, and the page may load nothing but the pictures
handed in here, so no file and no address is ever opened.
"""

import gc
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from perfeval.documents.attachments import Attachment
from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import BASE_DIR, FontSetup, TypefaceRole
from perfeval.typesetting import patches
from perfeval.typesetting.finishing import finish, pack
from perfeval.typesetting.markup import ASSET_SCHEME, BODY_ID, KEPT_ROW, as_head, as_html, sizes
from perfeval.typesetting.pages import CHART_FAMILY, Cuts, Data, next_cuts

STYLE = BASE_DIR / "templates" / "report" / "report.css"
GROUND_STYLE = STYLE.with_name("ground.css")
#: The rooms that a page depends on, beside its data.
_LAID_OUT_BY = ("text", "fonts", "documents", "typesetting")
PDF_VARIANT = "pdf/a-3a"
#: A table is cut anew while a page break goes through it; a label with （续） may take a line more than without.
_MOST_ROUNDS = 5
#: Pages of the score sheet that are laid out together: a part costs half a page more, a change all of its pages.
_SHEET_PAGES = 16

#: What WeasyPrint raises where a page is beyond it; it has no error class of its own.
_LIBRARY_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
)

logger = logging.getLogger(__name__)
_lock = threading.Lock()


class LayoutFailed(Exception):
    """The document could not be laid out; the message says why."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A file, how many pages it has, and the number that is printed on the last one."""

    data: bytes
    page_count: int
    last_number: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A table's row as it was laid out; ``is_kept``: no page may end below it."""

    table: int
    number: int
    page: int
    is_kept: bool


def renderer_version() -> str:
    """Return the version of WeasyPrint."""
    return version("weasyprint")


@cache
def layout_version() -> str:
    """Return what changes when the same document may look different: the renderer, the style or our code."""
    house = Path(__file__).parent.parent
    # Rather too much than too little: what was kept is made again after an update.
    modules = (module for room in _LAID_OUT_BY for module in sorted((house / room).rglob("*.py")))
    parts = [STYLE, GROUND_STYLE, *modules]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts))
    return f"{renderer_version()} {digest.hexdigest()}"


def as_pdf(
    data_with: Callable[[Cuts], Data],
    cuts: Cuts,
    *,
    fonts: FontSetup,
    attached: Sequence[Attachment] = (),
    is_archival: bool = True,
) -> Laid:
    """Return a document as PDF.

    ``data_with``: gives the document's data, its tables cut at certain places; ``cuts``: those to begin with;
    more are added until no page break goes through a table. ``attached``: files that the PDF carries. ``is_archival``: tagged, PDF/A-3a and PDF/UA-1; else
    plain, which is quicker.

    Raises: LayoutFailed.
    """
    with _setting():
        return _set(data_with, cuts, str(fonts.config_file), attached, is_archival=is_archival)


def _set(
    data_with: Callable[[Cuts], Data],
    cuts: Cuts,
    config_file: str,
    attached: Sequence[Attachment],
    *,
    is_archival: bool,
) -> Laid:
    """Do the work of ``as_pdf``: what it leaves is gone before garbage is collected again."""
    variant = PDF_VARIANT if is_archival else None
    for _ in range(_MOST_ROUNDS):
        data: Any = data_with(cuts)
        number, pages, keys = data["number"], [], []
        for part in _parts(data):
            part["number"] = number
            key, laid_out = _laid_part(part, config_file, variant)
            number += len(laid_out.pages) - _front_pages(laid_out)
            pages += laid_out.pages
            keys.append(key)
        found = _rows_after_breaks(pages)
        if all(rows == cuts.get(table) for table, rows in found.items()):
            break
        cuts = next_cuts(cuts, found)
    head = as_head(data)
    joined = laid_out.copy(pages)
    joined.metadata = _metadata(head)
    written = joined.write_pdf(
        pdf_variant=variant,
        pdf_identifier=hashlib.sha256(b"".join([*keys, head.encode()])).digest()[:16],
        finisher=partial(finish, attached=attached) if is_archival else pack,
    )
    return Laid(written, len(pages), number - 1)


def _parts(data: Any) -> Iterator[dict[str, Any]]:
    """Yield the parts that can be laid out apart: the body, some pages of the score sheet, the next ones.

    They are cut already, so each takes the same time, and only what changed is laid out again. A table
    of contents names the sheet's page, so everything is one part there.
    """
    if data["contents"] or not data["has_sheet"]:
        yield dict(data)
        return
    if data["has_body"]:
        yield {**data, "has_sheet": False, "sheet": {**data["sheet"], "pages": []}}
    pages = data["sheet"]["pages"]
    for start in range(0, len(pages), _SHEET_PAGES):
        sheet = {**data["sheet"], "pages": pages[start : start + _SHEET_PAGES]}
        yield {**data, "has_body": False, "blocks": [], "sheet": sheet}


#: Parts as they were laid out, the last used last. Bounded by their pages, which take 0.5 MB each at most.
_kept: dict[tuple[bytes, str], Any] = {}
_MOST_KEPT_PAGES = 200


def _laid_part(data: Any, config_file: str, variant: str | None) -> tuple[bytes, Any]:
    """Return what a part is known by anywhere, and the part laid out, kept from before when it is the same."""
    assets, style, html = _assets(data), _style(data), as_html(data)
    found = hashlib.sha256()
    for text in (variant or "", style, html):
        found.update(text.encode() + b"\0")
    for address, content in sorted(assets.items()):
        found.update(address.encode() + b"\0" + content + b"\0")
    content_key = found.digest()
    # Where the fonts are differs from machine to machine, and goes into no file.
    key = content_key, config_file
    laid_out = _kept.pop(key, None)
    if laid_out is None:
        weasyprint, configuration = _weasyprint(config_file)
        fetcher = _asset_fetcher(assets)
        sheet = weasyprint.CSS(
            string=style,
            base_url=f"{ASSET_SCHEME}:",
            url_fetcher=fetcher,
            font_config=configuration,
        )
        page = _page_class()(string=html, base_url=f"{ASSET_SCHEME}:", url_fetcher=fetcher)
        laid_out = page.render(
            font_config=configuration,
            stylesheets=[_common_style(config_file), sheet],
            pdf_variant=variant,
        )
    _kept[key] = laid_out
    pages = sum(len(one.pages) for one in _kept.values())
    for old in list(_kept):
        if pages <= _MOST_KEPT_PAGES or old == key:
            break
        pages -= len(_kept.pop(old).pages)
    return content_key, laid_out


def prepare(fonts: FontSetup) -> None:
    """Load the renderer and read the styles that all documents share."""
    _common_style(str(fonts.config_file))
    _page_class()


def forget() -> None:
    """Drop what is kept of documents laid out before."""
    _kept.clear()


def _metadata(head: str) -> Any:
    """Return title, author, dates and language as WeasyPrint reads them."""
    from weasyprint.document import DocumentMetadata  # noqa: PLC0415  after the fonts
    from weasyprint.html import get_html_metadata  # noqa: PLC0415  as above

    page = _page_class()(string=head, url_fetcher=_asset_fetcher({}))
    return DocumentMetadata(**get_html_metadata(page))


@contextmanager
def _setting() -> Iterator[None]:
    """Hold the renderer for one document, garbage collector off. Raises: LayoutFailed."""
    with _lock:
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        except RecursionError as error:
            raise LayoutFailed("it is nested too deeply to be set") from error
        except _LIBRARY_ERRORS as error:
            logger.exception("WeasyPrint failed")
            raise LayoutFailed(str(error)) from error
        finally:
            if collecting:
                gc.enable()


@cache
def _weasyprint(config_file: str) -> tuple[ModuleType, Any]:
    """Import WeasyPrint after the fonts are arranged; return it and one FontConfiguration that is kept.

    A new FontConfiguration for each page would leak 0.2 MB every time.
    """
    # Whoever started this process may have arranged other fonts, or none.
    os.environ["FONTCONFIG_FILE"] = config_file
    import weasyprint  # noqa: PLC0415  fontconfig reads its configuration at this import
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415  as above

    patches.apply()
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint, FontConfiguration()


def _rows_after_breaks(pages: Sequence[Any]) -> Cuts:
    """Return, for each table that goes over pages, the rows that begin a page."""
    rows: list[_Row] = []
    for number, page in enumerate(pages):
        for box in page._page_box.descendants():  # noqa: SLF001  no other way tells where rows went
            if (
                box.element_tag != "tr"
                or box.element is None
                or "data-row" not in box.element.attrib
            ):
                continue
            attributes = box.element.attrib
            row = _Row(
                table=int(attributes["data-table"]),
                number=int(attributes["data-row"]),
                page=number,
                is_kept=KEPT_ROW in attributes["class"].split(),
            )
            # A row that goes over a page comes twice.
            if not rows or (rows[-1].table, rows[-1].number) != (row.table, row.number):
                rows.append(row)
    found: Cuts = {}
    for place, (before, row) in enumerate(pairwise(rows), 1):
        if before.table == row.table and before.page != row.page:
            found.setdefault(row.table, []).append(_first_of_those_kept(rows, place).number)
    return found


def _first_of_those_kept(rows: Sequence[_Row], place: int) -> _Row:
    """Return the row at ``place``, which begins a page, or the first one above that has to go over with it.

    WeasyPrint before 70 may end a page below a row that is to be kept with the next one.
    """
    first = place
    while rows[first - 1].is_kept:
        first -= 1
        above = rows[first - 1] if first else None
        if above is None or (above.table, above.page) != (rows[place].table, rows[place - 1].page):
            return rows[place]  # nothing would be left on the page
    return rows[first]


def _front_pages(laid_out: Any) -> int:
    """Return how many pages stand before the body."""
    for number, page in enumerate(laid_out.pages):
        if BODY_ID in page.anchors:
            return number
    return 0


@cache
def _page_class() -> type:
    """Return WeasyPrint's page with our own ground below all styles, where it was taken from the same sheet."""
    import weasyprint  # noqa: PLC0415  after the fonts

    if "ground" in patches.left_out():
        return weasyprint.HTML
    ground = weasyprint.CSS(
        string=GROUND_STYLE.read_text(encoding="utf-8"), url_fetcher=_asset_fetcher({})
    )

    class Page(weasyprint.HTML):
        """A page of a report."""

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:  # noqa: ARG002, FBT001, FBT002  WeasyPrint's own
            return [ground]

    return Page


@cache
def _common_style(config_file: str) -> Any:
    """Return the style of all documents, read once: fonts and layout."""
    weasyprint, configuration = _weasyprint(config_file)
    style = font_setup.css_variables() + STYLE.read_text(encoding="utf-8")
    return weasyprint.CSS(
        string=style,
        base_url=f"{ASSET_SCHEME}:",
        url_fetcher=_asset_fetcher({}),
        font_config=configuration,
    )


def _style(data: Any) -> str:
    """Return what the style of this document adds: sizes, watermark, the number of the first page."""
    style = sizes(data)
    for name, page, size in (
        ("watermark-portrait", "@page", "210mm 297mm"),
        ("watermark-landscape", "@page sheet", "297mm 210mm"),
    ):
        if name in data["images"]:
            style += f'{page} {{ background: url("{ASSET_SCHEME}:{name}.svg") no-repeat center / {size}; }}\n'
    # A page that resets its counter does not add one to it.
    if data["number"] != 1:
        style += f"@page :first {{ counter-reset: page {data['number']}; }}\n"
    return style


def _assets(data: Any) -> dict[str, bytes]:
    """Return the pictures that the page may load, by their address."""
    assets = {f"{ASSET_SCHEME}:{name}.svg": svg.encode() for name, svg in data["images"].items()}
    # In an SVG, WeasyPrint takes quotation marks behind a comma for a part of the name.
    family = font_setup.css_family(TypefaceRole.SONG).replace('"', "")
    for place, block in enumerate(data["blocks"]):
        if block["kind"] == "chart":
            svg = block["svg"].replace(CHART_FAMILY, family)
            assets[f"{ASSET_SCHEME}:chart-{place}.svg"] = svg.encode()
    return assets


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
