"""Where the fonts of the pack come from: three Debian packages, and what is taken out of each."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class FontPackError(RuntimeError):
    """The pack cannot be built; the message says why and what to do."""


@dataclass(frozen=True)
class SourcePackage:
    """A Debian package that holds source fonts, and what is taken out of it."""

    name: str
    members: tuple[str, ...]
    licence: str
    licence_files: tuple[str, ...]


PACKAGES = {
    "fandol": SourcePackage(
        name="texlive-lang-chinese",
        members=(
            "./usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/Fandol*-Regular.otf",
            "./usr/share/doc/texlive-doc/fonts/fandol/*",
        ),
        licence="GPL-3.0 with font embedding exception",
        licence_files=(
            "usr/share/doc/texlive-doc/fonts/fandol/README",
            "usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz",
        ),
    ),
    "noto": SourcePackage(
        name="fonts-noto-cjk",
        members=("./usr/share/fonts/opentype/noto/*", "./usr/share/doc/fonts-noto-cjk/copyright"),
        licence="OFL-1.1",
        licence_files=("usr/share/doc/fonts-noto-cjk/copyright",),
    ),
    "lxgw": SourcePackage(
        name="fonts-lxgw-wenkai",
        members=(
            "./usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Light.ttf",
            "./usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
            "./usr/share/doc/fonts-lxgw-wenkai/copyright",
        ),
        licence="OFL-1.1",
        licence_files=("usr/share/doc/fonts-lxgw-wenkai/copyright",),
    ),
}

FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
NOTO = "usr/share/fonts/opentype/noto"
LXGW = "usr/share/fonts/truetype/lxgw-wenkai"


def download(into: Path, names: Iterable[str]) -> None:
    """Download Debian packages without installing them.

    Raises:
        FontPackError: apt-get is not there or cannot reach its packages.
    """
    if shutil.which("apt-get") is None:
        raise FontPackError(
            "apt-get is not here. Download the packages "
            + ", ".join(names)
            + " of Debian 12 elsewhere and give their folder with --packages."
        )
    done = subprocess.run(
        ["apt-get", "-q", "download", *names],
        cwd=into,
        env={
            **os.environ,
            "LC_ALL": "C.UTF-8",
        },  # its messages would come in the locale's own bytes
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise FontPackError(
            "apt-get could not download the fonts. If it does not know the packages, run `apt-get update` as root "
            f"first.\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
        )


def unpack(package: SourcePackage, packages_dir: Path, into: Path) -> Path:
    """Take the wanted files out of a Debian package and return the package's file."""
    found = sorted(packages_dir.glob(f"{package.name}_*.deb"))
    if not found:
        raise FontPackError(f"{packages_dir} has no package {package.name}")
    with (
        subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", found[-1]], stdout=subprocess.PIPE
        ) as reader,
        subprocess.Popen(
            ["tar", "-x", "-C", into, "--no-same-owner", "--wildcards", *package.members],
            stdin=reader.stdout,
            stderr=subprocess.PIPE,
        ) as writer,
    ):
        if reader.stdout:
            reader.stdout.close()  # tar alone holds it now, and sees its end
        problem = writer.communicate()[1].decode(errors="replace")
    if writer.returncode:
        raise FontPackError(f"{found[-1].name} cannot be unpacked: {problem[-500:]}")
    return found[-1]


def package_version(deb: Path) -> str:
    """Return the version that a Debian package gives itself."""
    done = subprocess.run(
        ["dpkg-deb", "-f", deb, "Version"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
