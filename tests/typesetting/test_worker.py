"""The process that lays documents out: limits and loss."""

import os
import signal
import threading
from dataclasses import replace

import pypdfium2
import pytest

from perfeval.documents.document import BodyTable, TableColumn
from perfeval.typesetting import layout as typesetting
from perfeval.typesetting import pdf, worker
from tests.growth import assert_linear, assert_linear_in_c
from tests.typesetting.documents import AT, order, small_document

LONG = small_document(*["长。" * 900] * 20)


def test_worker_that_is_killed_is_replaced_and_the_document_laid_out_again():
    # Jobs of other tests may have left more than one.
    worker.POOL.close()
    worker.run_in_worker(order(small_document("先。")))
    (first,) = worker.POOL.pids()
    # It takes the document but does not come to an end of it, however fast the machine is.
    os.kill(first, signal.SIGSTOP)
    threading.Timer(0.15, os.kill, (first, signal.SIGKILL)).start()
    laid = worker.run_in_worker(order(LONG))
    assert laid.page_count > 50
    assert first not in worker.POOL.pids()


def test_document_over_the_time_is_refused_in_words():
    with pytest.raises(pdf.RenderFailed, match=r"more than 0\.05 seconds"):
        worker.run_in_worker(order(LONG), wall_seconds=0.05)


def test_document_over_the_memory_is_refused_in_words():
    # Enough for what comes as it is sent, not for what is read from it: it ends before a C library runs out of memory,
    # which may do anything then.
    heavy = replace(order(small_document("文。")), images={"never-shown": "x" * 200_000_000})
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


def test_cell_of_100000_characters_goes_over_pages_and_loses_none():
    columns = (TableColumn("甲", 50), TableColumn("乙", 50))
    table = BodyTable("表1", "", columns, (("短", "长" * 100_000), ("后", "行")))
    made = worker.lay_out(order(small_document(blocks=(table,))))
    pages = pypdfium2.PdfDocument(made.data)
    seen = [page.get_textpage().get_text_bounded().count("长") for page in pages]
    assert (sum(seen), len(seen)) == (100_000, made.page_count)


def test_cell_takes_work_as_its_length():
    def lay_out(length):
        columns = (TableColumn("甲", 50), TableColumn("乙", 50))
        table = BodyTable("表1", "", columns, (("短", "长" * length),))
        typesetting.forget()
        worker.lay_out(order(small_document(blocks=(table,))))

    assert_linear(lay_out, 4_000)
    assert_linear_in_c(lay_out, 4_000)


def test_table_of_5000_rows_is_refused_before_it_is_laid_out():
    table = BodyTable("表1", "", (TableColumn("列", 100),), (("行",),) * 5000)
    worker.POOL.close()
    with pytest.raises(pdf.RenderFailed, match="1,500 are the most"):
        pdf.render(small_document(blocks=(table,)), created_at=AT)
    assert worker.POOL.pids() == ()
