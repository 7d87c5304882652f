"""Build the whole pack beside the place where it goes, and put it there when it is complete."""

import ctypes
import gzip
import io
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from perfeval.fonts import choice as fonts
from perfeval.fonts.pack.making import make_font
from perfeval.fonts.pack.recipes import RECIPES
from perfeval.fonts.pack.sources import (
    PACKAGES,
    FontPackError,
    download,
    package_version,
    unpack,
)


def build(
    out: Path, *, packages_dir: Path | None = None, jobs: int | None = None, quiet: bool = False
) -> None:
    """Build the pack in a folder beside the wanted one and move it into place when it is complete.

    Raises:
        FontPackError: a source is missing or cannot be read; a process was ended from outside.
    """
    began = time.monotonic()

    def say(text: str) -> None:
        if not quiet:
            print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        sources, pack = work / "sources", work / "pack"
        sources.mkdir()
        (pack / "licences").mkdir(parents=True)
        if packages_dir is None:
            packages_dir = work
            download(work, [package.name for package in PACKAGES.values()])
            say(
                f"downloaded {sum(deb.stat().st_size for deb in work.glob('*.deb')) / 1e6:.0f} MB of packages"
            )
        with _workers(jobs or len(os.sched_getaffinity(0))) as pool:
            debs = list(
                pool.map(
                    unpack,
                    PACKAGES.values(),
                    [packages_dir] * len(PACKAGES),
                    [sources] * len(PACKAGES),
                )
            )
            say("unpacked")
            running = [pool.submit(make_font, recipe, sources, pack) for recipe in RECIPES]
            made = []
            for task in running:
                made.append(task.result())
                say(f"{made[-1].family}: {made[-1].glyphs} glyphs in {made[-1].seconds} s")
        _copy_licences(sources, pack / "licences")
        manifest = {
            "format": fonts.PACK_FORMAT,
            "packages": [
                {
                    "name": package.name,
                    "version": package_version(deb),
                    "sha256": fonts.file_sha256(deb),
                    "licence": package.licence,
                }
                for package, deb in zip(PACKAGES.values(), debs, strict=True)
            ],
            # The seconds are for the reader of the log; in the manifest they would make every build another version.
            "fonts": [
                {key: value for key, value in asdict(font).items() if key != "seconds"}
                for font in made
            ],
        }
        (pack / fonts.MANIFEST_NAME).write_text(
            json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        fonts.require_pack(pack, verify=True)
        _put_in_place(pack, out)
        say(f"ready in {out}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """Lend processes that end at once, whatever they are at, when the block ends with an exception (Ctrl-C is one)."""
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(max_workers=count, initializer=_end_with_the_builder) as pool:
        try:
            yield pool
        except BaseException as error:
            # Left alone, the pool would first make every font that is still to be made.
            for worker in set(multiprocessing.active_children()) - others:
                worker.kill()
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, BrokenProcessPool):
                raise FontPackError(
                    "a process that made fonts was ended from outside; is there memory enough?"
                ) from error
            raise


_PR_SET_PDEATHSIG = 1


def _end_with_the_builder() -> None:
    """Let one signal end this process, and the end of the process that started it too."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def remove_leftovers(out: Path) -> None:
    """Remove what builds of a pack left beside it that were killed. Nobody may be building it meanwhile."""
    for folder in out.parent.glob(f".{out.name}-*/"):
        shutil.rmtree(folder, ignore_errors=True)


def _copy_licences(sources: Path, into: Path) -> None:
    for key, package in PACKAGES.items():
        for name in package.licence_files:
            raw = (sources / name).read_bytes()
            if name.endswith(".gz"):
                raw = gzip.GzipFile(fileobj=io.BytesIO(raw)).read()
            (into / f"{key}-{Path(name).name.removesuffix('.gz')}.txt").write_bytes(raw)
    (into / "NOTICE.txt").write_text(
        "\n".join(
            [
                "These fonts were converted to TrueType, reduced to the characters needed and renamed by",
                "perfeval.fonts.pack, which is the script that makes them again from the sources.",
                "",
                *(
                    f"{recipe.family}: from {recipe.based_on}, Debian package {PACKAGES[recipe.package].name}, "
                    f"{PACKAGES[recipe.package].licence}"
                    for recipe in RECIPES
                ),
                "",
            ]
        ),
        encoding="utf-8",
    )


def _put_in_place(pack: Path, out: Path) -> None:
    pack.chmod(0o755)
    old = out.with_name(f".{out.name}-old-{os.getpid()}")
    if out.exists():
        out.rename(old)
    pack.rename(out)
    shutil.rmtree(old, ignore_errors=True)
