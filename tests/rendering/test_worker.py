"""The process that lays documents out: limits, loss, and texts that mean harm."""

import os
import signal
import socket
import threading
import time
from dataclasses import replace

import pypdfium2
import pytest

from perfeval.rendering import pdf, typesetting, worker
from perfeval.rendering.document import Column, Heading, Paragraph, ScoreRow, Table
from tests.rendering.documents import AT, make, order, small_document
from tests.rendering.measuring import body_text

LONG = small_document(*["长。" * 900] * 20)


def test_worker_that_is_killed_is_replaced_and_the_document_laid_out_again():
    # Jobs of other tests may have left more than one.
    while worker._idle:
        worker._idle.pop().end()
    worker.run_in_worker(order(small_document("先。")))
    (idle,) = worker._idle
    first = idle.pid
    threading.Timer(0.15, os.kill, (first, signal.SIGKILL)).start()
    laid = worker.run_in_worker(order(LONG))
    assert laid.page_count > 50
    assert worker._idle[-1].pid != first


def test_document_over_the_time_is_refused_in_words():
    started = time.monotonic()
    with pytest.raises(pdf.RenderFailed, match=r"more than 0\.05 seconds"):
        worker.run_in_worker(order(LONG), wall_seconds=0.05)
    assert time.monotonic() - started < 5


def test_document_over_the_memory_is_refused_in_words():
    # Enough to start with, whatever a C library does without memory; not enough for what comes.
    heavy = replace(order(small_document("文。")), images={"never-shown": "x" * 150_000_000})
    with pytest.raises(pdf.RenderFailed, match="350 MB of memory"):
        worker.run_in_worker(heavy, memory_bytes=350 * 1024**2)
    # The next one is served by a new worker.
    assert worker.run_in_worker(order(small_document("后。"))).page_count == 2


def test_error_of_the_library_is_told_in_words(monkeypatch):
    for error in (RecursionError("deep"), ZeroDivisionError("zero"), KeyError("key")):

        def fail(*_args, error=error):
            raise error

        # A library that fails on our page can't be had at will.
        monkeypatch.setattr(typesetting, "as_html", fail)
        with pytest.raises(typesetting.LayoutFailed):
            worker.lay_out(order(small_document("文")))


@pytest.fixture
def listener():
    """Yield the address of a server that nobody may call, and the calls it got."""
    calls = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)

    def watch():
        while not done.is_set():
            try:
                calls.append(server.accept()[1])
            except TimeoutError:
                continue
            except OSError:
                return

    done = threading.Event()
    thread = threading.Thread(target=watch)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/x.png", calls
    done.set()
    thread.join()
    server.close()


def test_hostile_texts_open_no_file_and_no_address(listener, tmp_path):
    address, calls = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("绝密内容")
    os.utime(secret, (1, 1))
    texts = (
        f'#image("{secret}") #read("{secret}") #include "{secret}" #import "@preview/cetz:0.3.0"',
        f'<img src="{address}"><link rel="attachment" href="file://{secret}">{address} file://{secret}',
        f'#set page(width: 1pt) #panic() #eval("1") $x$ *a* _b_ `c` @label <label> {secret}',
        '\\u{0} "); #read("/etc/passwd") //',
    )
    row = ScoreRow(*(texts[0], texts[1], texts[2]), "1", texts[3], "1", texts[0])
    document = small_document(
        blocks=(
            Heading(1, "一、", texts[0]),
            *(Paragraph(text) for text in texts),
            Table(texts[0], texts[1], (Column(texts[2], 100),), ((texts[3],), (texts[0],))),
        )
    )
    made = make(replace(document, score_sheet=replace(document.score_sheet, rows=(row,))))
    text = "".join(body_text(page) for page in made.pages)
    for one in texts:
        assert "".join(one.split()) in text
    assert "绝密" not in text
    assert "root:" not in text
    assert calls == []
    # Reading the file would have set its time of access.
    assert secret.stat().st_atime == 1


def test_deep_nesting_is_text_like_any_other():
    nested = "（" * 150 + "深" + "）" * 150
    tags = "<div>" * 150 + "深" + "</div>" * 150
    made = make(small_document(nested, tags))
    text = "".join(body_text(page) for page in made.pages)
    assert (nested in text, tags in text) == (True, True)


def test_cell_of_100000_characters_goes_over_pages_and_loses_none():
    columns = (Column("甲", 50), Column("乙", 50))
    table = Table("表1", "", columns, (("短", "长" * 100_000), ("后", "行")))
    started = time.monotonic()
    made = pdf.render(small_document(blocks=(table,)), created_at=AT)
    assert time.monotonic() - started < worker.WALL_SECONDS
    pages = pypdfium2.PdfDocument(made.data)
    seen = [page.get_textpage().get_text_bounded().count("长") for page in pages]
    assert (sum(seen), len(seen)) == (100_000, made.page_count)


def test_table_of_5000_rows_is_refused_before_it_is_laid_out():
    table = Table("表1", "", (Column("列", 100),), (("行",),) * 5000)
    started = time.monotonic()
    with pytest.raises(pdf.RenderFailed, match="1,500 are the most"):
        pdf.render(small_document(blocks=(table,)), created_at=AT)
    assert time.monotonic() - started < 1
