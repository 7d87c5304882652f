"""Texts that mean harm, in every place of a document: they are printed as they are, and the process does nothing else."""

import ast
import os
import pickle
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import weasyprint

from perfeval.documents.charts.drawing import Drawing, Label
from perfeval.documents.document import BodyTable, Chart, Heading, Paragraph, ScoreRow, TableColumn
from perfeval.documents.printed import front, printed
from perfeval.fonts import choice as fonts
from perfeval.processes.messages import receive, send
from perfeval.processes.plain import unpacked
from perfeval.reading.limited.pdf_report import contents_of
from perfeval.typesetting import pages, worker
from perfeval.verification.pages import compare
from tests.typesetting.documents import AT, small_document

PROJECT = Path(__file__).resolve().parents[2]
GUARDED = 1536 * 1024**2


@pytest.fixture
def server():
    """Return a server that nobody may call; whoever does waits in its queue."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def hostile(address: str, secret: Path) -> tuple[str, ...]:
    """Return texts that would fetch, read, include, run or nest, were they more than text."""
    return (
        f'<img src="{address}"><link rel="attachment" href="file://{secret}"><a href="{address}">x</a>',
        f'<style>@import url({address}); @font-face {{ font-family: x; src: url("file://{secret}") }}</style>',
        f"</style></p><object data='{address}'></object><iframe src='{address}'></iframe><base href='{address}'>",
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>&e;<xi:include href="file://{secret}" parse="text"/>',
        f'<svg><image href="{address}"/><use href="{address}#a"/><foreignObject><iframe src="{address}"/></svg>',
        f'<meta http-equiv="refresh" content="0;{address}"><script src="{address}"></script>url(data:text/css,a)',
        f'#read("{secret}") #image("{address}") \\input{{{secret}}} {{% include "{secret}" %}} $(cat {secret}) `id`',
        "零\u200b宽\u200d与\ufe0f方\u200e向\u2060标\ufeff记",
    )


DEEP = "<div>" * 150 + "深" + "</div>" * 150 + "（" * 150 + "深" + "）" * 150


def everywhere(texts: tuple[str, ...]):
    """Return a document with these texts in every place that somebody can write into."""
    one, two, three = texts[:3]
    # Names have at most so many characters where they are typed; labels of charts are cut by who draws them.
    names = [text[:100] for text in texts]
    labels = tuple(Label(5, 5 + 9 * n, text[:30], 4) for n, text in enumerate(texts))
    rows = tuple(
        ScoreRow(name, name, name, "1", text, "1", text)
        for name, text in zip(names, texts, strict=True)
    )
    cells = tuple((name, text, text) for name, text in zip(names, texts, strict=True))
    cells = ((names[0], one, DEEP), *cells, (one, one, two))
    columns = (TableColumn(names[0], 30), TableColumn(names[1], 30), TableColumn(names[2], 40))
    document = small_document()
    sheet = replace(
        document.score_sheet,
        mark=names[0],
        title=two[:20],
        title_lines=(two[:20],),
        rows=rows,
        total_label=one,
        grade=three,
    )
    levels = (1, 2, 3, 1, 2, 3, 1, 2)
    return replace(
        document,
        title=one[:20] + two[:20],
        title_lines=(one[:20], two[:20]),
        annex_mark=names[2],
        subject=one,
        author=two,
        cover=(one, two),
        contents_title=names[2],
        blocks=(
            *(Heading(level, "一、", name) for level, name in zip(levels, names, strict=True)),
            *(Paragraph(text) for text in (*texts, DEEP)),
            BodyTable(names[0], names[1], columns, cells, 1, 1),
            Chart(names[0], Drawing(400, 200, one, two, labels)),
        ),
        score_sheet=sheet,
    )


def orders(*documents):
    """Return the orders for documents."""
    setup = fonts.activate()
    return [
        worker.Order(one, setup, AT, {}, pages.Part(), (), is_archival=True) for one in documents
    ]


def laid_out(document, log: Path) -> tuple[bytes, list[tuple[str, object]]]:
    """Return the file of a document, and what the worker did for it once it was warm.

    In another time zone, language and order of hashes, and with nothing in the environment that tells of fonts.
    """
    channel, theirs = socket.socketpair()
    numbers = (theirs.fileno(), GUARDED, worker.LIMITS.cpu_seconds)
    command = [sys.executable, "-m", "tests.typesetting.watched", str(log), *map(str, numbers)]
    warming = everywhere(tuple("甲乙丙丁戊己庚辛"))
    elsewhere = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    here = {key: value for key, value in os.environ.items() if key != "FONTCONFIG_FILE"}
    with (
        subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=PROJECT, env=here | elsewhere),
        channel,
    ):
        theirs.close()
        answers = []
        for order in orders(warming, document):
            start = log.stat().st_size if log.exists() else 0
            send(channel, pickle.dumps(("perfeval.typesetting.worker:work", (order,))))
            answers.append(unpacked(receive(channel)[1:]))
    same = worker.run_in_worker(orders(warming)[0])
    assert answers[0] == ("value", same)
    kind, laid = answers[-1]
    assert kind == "value", laid
    return laid.data, [ast.literal_eval(line) for line in log.read_text()[start:].splitlines()]


def test_hostile_texts_are_printed_and_nothing_is_opened_called_or_started(server, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("绝密内容")
    os.utime(secret, (1, 1))
    address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
    document = everywhere(hostile(address, secret))
    data, events = laid_out(document, tmp_path / "log")

    # The colour profile is read for each file, fonts perhaps; that it is seen shows that the watch works.
    opened = {str(path) for event, path in events if event == "open"}
    assert [event for event, _ in events if event != "open"] == []
    assert {path for path in opened if Path(path).parent != fonts.default_font_dir()} == {
        str(Path(weasyprint.__file__).parent / "pdf" / "sRGB2014.icc")
    }
    with pytest.raises(BlockingIOError):
        server.accept()
    assert secret.stat().st_atime == 1

    contents = contents_of(data)
    assert contents.attached == {}
    assert "绝密" not in "".join(contents.pages)
    assert compare(contents.pages, list(printed(document)), front(document)) == ()
