"""The process that lays documents out: whatever a text does to the typesetter stays there.

``run_in_worker`` is called in the server; ``work`` is what the process does.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from perfeval.documents.attachments import Attachment
from perfeval.documents.document import ReportDocument
from perfeval.fonts.choice import FontSetup
from perfeval.fonts.failures import RenderFailed
from perfeval.processes.pool import Busy, Limits, Lost, NotDone, OverLimits, Pool
from perfeval.typesetting import layout as typesetting
from perfeval.typesetting import pages

LIMITS = Limits(
    wall_seconds=60, cpu_seconds=50, memory_bytes=1536 * 1024**2, output_bytes=256 * 1024**2
)
POOL = Pool(LIMITS, places=2, most_tasks=500)
#: A page leaves 0.1 MB of garbage; to look through all that is kept takes a third of a second.
_COLLECTED_AFTER_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be laid out, and how."""

    document: ReportDocument
    fonts: FontSetup
    created_at: datetime
    images: dict[str, str]
    part: pages.Part
    attached: Sequence[Attachment]
    is_archival: bool


def lay_out(order: Order) -> typesetting.Laid:
    """Lay out in this process. Raises: typesetting.LayoutFailed."""

    def data_with(cuts: pages.Cuts) -> pages.Data:
        return pages.as_data(
            order.document,
            created_at=order.created_at,
            images=order.images,
            cuts=cuts,
            part=order.part,
        )

    return typesetting.as_pdf(
        data_with,
        pages.first_cuts(order.document, order.part),
        fonts=order.fonts,
        attached=order.attached,
        is_archival=order.is_archival,
    )


def run_in_worker(
    order: Order,
    *,
    wall_seconds: float = LIMITS.wall_seconds,
    memory_bytes: int = LIMITS.memory_bytes,
) -> typesetting.Laid:
    """Lay out in a worker.

    Raises: RenderFailed when it can't be laid out within the limits.
    """
    limits = replace(LIMITS, wall_seconds=wall_seconds, memory_bytes=memory_bytes)
    try:
        laid: typesetting.Laid = POOL.run("perfeval.typesetting.worker:work", order, limits=limits)
    except typesetting.LayoutFailed as error:
        raise RenderFailed(str(error)) from error
    except Busy as error:
        raise RenderFailed("other documents are being laid out. Try again in a minute.") from error
    except OverLimits as error:
        raise RenderFailed(
            f"it takes more than {wall_seconds:g} seconds or {memory_bytes // 1024**2:,} MB of "
            "memory, which no report needs. Shorten its longest texts and tables."
        ) from error
    except NotDone as error:
        raise RenderFailed(
            f"the process that lays documents out {'ended twice' if isinstance(error, Lost) else 'failed'}; "
            "the server's log says why."
        ) from error
    return laid


@cache
def _settle(fonts: FontSetup) -> None:
    """Load what all documents share. What is there then stays: the collector need not look at it."""
    gc.disable()
    typesetting.prepare(fonts)
    gc.collect()
    gc.freeze()


_uncollected_pages = 0


def work(order: Order) -> typesetting.Laid:
    """Lay out as a worker does: nothing is collected meanwhile, all that is kept would be looked through.

    Raises: typesetting.LayoutFailed.
    """
    global _uncollected_pages  # noqa: PLW0603  of this process
    _settle(order.fonts)
    if _uncollected_pages >= _COLLECTED_AFTER_PAGES:
        gc.collect()
        _uncollected_pages = 0
    laid = lay_out(order)
    _uncollected_pages += laid.page_count
    return laid
