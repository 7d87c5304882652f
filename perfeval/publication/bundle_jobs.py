"""Bundles are made beside the requests: begun by the first who asks, for everybody who may have the same.

Whoever holds the lock on a bundle's folder makes it. The kernel takes the lock from a server that is ended, so the
next look at the bundle sees that nobody is at it and goes on where the file was left.
"""

import fcntl
import hashlib
import os
import shutil
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from perfeval.accounts.models import Department, User
from perfeval.office.workbook.overview import OverviewRow, as_overview
from perfeval.processes.threads import background
from perfeval.publication import bundle_files, bundles
from perfeval.publication.bundles import Bundle, BundleItem
from perfeval.reports.states import ReportState
from perfeval.review.models import BundleFailure, BundleJob, BundleState, Publication

#: So long a bundle lies ready; it can be made again at any time.
KEPT_FOR = timedelta(days=7)
INDEX_FILE, OVERVIEW_FILE = "index.html", "overview.xlsx"
#: A bundle that breaks its server off so many times is not begun again by itself.
_MOST_ATTEMPTS = 5
#: How often the progress is stored, in seconds.
_TOLD_EVERY = 0.5
_OFFICIAL = "zh-hans"


class NothingPublished(Exception):
    """Nothing of the year is published, so there is nothing to take away."""


def job_of(bureau: Department, year: int) -> BundleJob | None:
    """Return what is known of the making of a year's bundle, without what goes in."""
    return (
        BundleJob.objects.defer("manifest")
        .select_related("bureau", "started_by")
        .filter(bureau=bureau, year=year)
        .first()
    )


def jobs_of(bureau: Department) -> dict[int, BundleJob]:
    """Return what is known of the making of the bureau's bundles, by year."""
    found = BundleJob.objects.defer("manifest").filter(bureau=bureau)
    return {job.year: job for job in found}


def contents_of(job: BundleJob) -> Bundle:
    """Return what goes in, as it stood when the job was begun; a damaged file is not in it."""
    bundle = bundles.from_manifest(job.year, job.manifest)
    return bundles.in_order(job.year, [_without(item, job.faults) for item in bundle.items])


def start(*, bureau: Department, year: int, by: User, at: datetime) -> BundleJob:
    """Begin a year's bundle, unless somebody has or the same lies ready whole; one that failed goes on.

    Raises: NothingPublished.
    """
    remove_old(at=at)
    bundle = bundles.bundle_of(bureau, year)
    if bundle is None or not bundle.included:
        raise NothingPublished(_("Nothing of this year is published yet."))
    begun = {
        "key": bundle.key,
        "state": BundleState.RUNNING,
        "failure": "",
        "attempt": 0,
        "manifest": bundles.as_manifest(bundle),
        "faults": [],
        "report_count": len(bundle.included),
        "done_count": 0,
        "size": 0,
        "started_at": at,
        "started_by": by,
    }
    with transaction.atomic():
        job, is_new = BundleJob.objects.select_for_update(of=("self",)).get_or_create(
            bureau=bureau, year=year, defaults=begun
        )
        is_same = job.key == bundle.key and not job.faults and file_of(job)
        if not is_new and job.state != BundleState.RUNNING and not is_same:
            for name, value in begun.items():
                setattr(job, name, value)
            job.save()
    go_on(job)
    return job


def go_on(job: BundleJob) -> None:
    """Have the bundle made in a thread of this server, where nobody is at it; do nothing where it needs none."""
    if job.state == BundleState.RUNNING:
        # The thread has to see the row.
        transaction.on_commit(lambda: _begin(job.pk))


def file_of(job: BundleJob) -> Path | None:
    """Return the finished ZIP, None where there is none."""
    path = _folder(job.pk) / "bundle.zip"
    return path if job.state == BundleState.DONE and path.is_file() else None


def remove_old(*, at: datetime) -> int:
    """Delete the bundles that were begun too long ago with their files, and return how many."""
    old = BundleJob.objects.filter(started_at__lt=at - KEPT_FOR).values_list("pk", flat=True)
    count = 0
    for pk in list(old):
        lock = _lock(pk)
        if lock is None:
            continue
        shutil.rmtree(_folder(pk), ignore_errors=True)
        count += BundleJob.objects.filter(pk=pk).delete()[0]
        _unlock(lock)
    return count


def make(job_id: int) -> None:
    """Make the ZIP of a job that is running; only for who holds its lock."""
    job = BundleJob.objects.select_related("bureau").get(pk=job_id)
    mine = BundleJob.objects.filter(pk=job_id)
    folder = _folder(job_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(job, folder / "bundle.part")
        (folder / "bundle.part").replace(folder / "bundle.zip")
        size = (folder / "bundle.zip").stat().st_size
    except OSError:
        mine.update(state=BundleState.FAILED, failure=BundleFailure.NO_ROOM)
        return
    mine.update(state=BundleState.DONE, size=size, done_count=job.report_count)


def _begin(job_id: int) -> None:
    """Take the lock and start the thread; do nothing where somebody has the lock or has finished."""
    try:
        lock = _lock(job_id)
    except OSError:
        BundleJob.objects.filter(pk=job_id).update(
            state=BundleState.FAILED, failure=BundleFailure.NO_ROOM
        )
        return
    if lock is None:
        return
    running = BundleJob.objects.filter(pk=job_id, state=BundleState.RUNNING)
    attempt = running.values_list("attempt", flat=True).first()
    if attempt is None:
        _unlock(lock)
    elif attempt >= _MOST_ATTEMPTS:
        running.update(state=BundleState.FAILED, failure=BundleFailure.GIVEN_UP)
        _unlock(lock)
    else:
        running.update(attempt=attempt + 1)
        background(f"bundle-{job_id}", _run, job_id, lock)


def _run(job_id: int, lock: int) -> None:
    try:
        make(job_id)
    finally:
        _unlock(lock)
        connection.close()


def _write(job: BundleJob, path: Path) -> None:
    """Write the reports that are not in the file yet, then the index. Raises: OSError."""
    mine = BundleJob.objects.filter(pk=job.pk)
    items = contents_of(job).included
    with bundle_files.opened(path, items) as (archive, written):
        done, told_at = written + len(job.faults), 0.0
        for item in items[written:]:
            data = _kept(item)
            if data is None:
                # Stored before the next report: where that one begins hangs on it.
                job.faults = [*job.faults, item.publication_id]
                mine.update(faults=job.faults)
            else:
                bundle_files.add(archive, item.file_name, data)
            done += 1
            if time.monotonic() - told_at > _TOLD_EVERY:
                mine.update(done_count=done)
                told_at = time.monotonic()
        for name, data in _overviews(job):
            bundle_files.add(archive, name, data)


def _kept(item: BundleItem) -> bytes | None:
    """Return the published file, None where it is not what was published."""
    found = Publication.objects.filter(pk=item.publication_id or 0).values_list("pdf", flat=True)
    data = bytes(found.first() or b"")
    return data if hashlib.sha256(data).hexdigest() == item.sha256 else None


def _overviews(job: BundleJob) -> list[tuple[str, bytes]]:
    """Return the index and the overview with their names: official Chinese, whoever asked."""
    bundle = contents_of(job)
    with translation.override(_OFFICIAL):
        rows = [
            OverviewRow(
                department=item.department,
                title=item.title,
                state=state_word(item, job.faults),
                total=item.total,
                full_score=item.full_score,
                grade=item.grade,
                file_name=item.file_name,
                sha256=item.sha256 if item.file_name else "",
            )
            for item in bundle.items
        ]
        told = {"bureau": job.bureau.name, "year": job.year, "count": len(bundle.included)}
        page = render_to_string(
            "bundle/index.html", {**told, "rows": rows, "overview": OVERVIEW_FILE}
        )
    table = as_overview(rows, bureau=job.bureau.name, year=job.year, created_at=job.started_at)
    return [(INDEX_FILE, page.encode()), (OVERVIEW_FILE, table)]


def state_word(item: BundleItem, faults: list[int]) -> str:
    """Return where the report stands, in the present language."""
    if item.publication_id in faults:
        return _("published, file damaged")
    return str(ReportState(item.state).label) if item.state else _("nothing handed in")


def _without(item: BundleItem, faults: list[int]) -> BundleItem:
    return replace(item, file_name="") if item.publication_id in faults else item


def _folder(job_id: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "bundles" / str(job_id)


def _lock(job_id: int) -> int | None:
    """Return the lock on a job's folder, None while another one has it. Raises: OSError."""
    folder = _folder(job_id)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _unlock(lock: int) -> None:
    # Said aloud: a process that was forked meanwhile would hold on to it.
    fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)
