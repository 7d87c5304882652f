"""The pages for requests that can't be served."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.test import Client
from django.urls import include, path, reverse

from perfeval.web.access import ANYONE, requires

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "zh-hans"]


@requires(ANYONE)
def refuse(request):
    raise PermissionDenied


@requires(ANYONE)
def lose(request):
    raise Http404


@requires(ANYONE)
def drown(request):
    raise RequestDataTooBig


@requires(ANYONE)
def fail(request):
    raise RuntimeError("a fault of ours")


handler400 = "perfeval.web.errors.bad_request"
urlpatterns = [
    path("", include("perfeval.web.urls")),
    path("trouble/403/", refuse),
    path("trouble/404/", lose),
    path("trouble/413/", drown),
    path("trouble/500/", fail),
]


@pytest.fixture
def lenient() -> Client:
    """Return a client that shows the page for a fault instead of raising it."""
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [403, 404, 413, 500])
def test_trouble_shows_its_page_with_a_way_on(lenient, status, language):
    answer = lenient.get(f"/trouble/{status}/", headers={"accept-language": language})

    page = answer.content.decode()
    assert answer.status_code == status
    assert f'<p class="error-code">{status}</p>' in page
    assert 'class="btn btn-primary" href="/"' in page
    assert "<style" not in page
    assert "style=" not in page


@pytest.mark.urls(__name__)
def test_page_for_a_fault_asks_neither_database_nor_session(lenient, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = lenient.get("/trouble/500/")

    page = answer.content.decode()
    assert "系统出错了" in page
    assert "Something went wrong on our side" in page


def test_unknown_host_gets_the_page_for_an_unreadable_request(client):
    answer = client.get("/", headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert "无法识别这个请求" in answer.content.decode()
    assert "This request can’t be read" in answer.content.decode()


def test_too_large_a_text_is_told_apart_from_an_unreadable_request(client_of, preparer, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = client_of(preparer).post(reverse("web:change_password"), {"old_password": "x" * 200})

    assert answer.status_code == 413


def test_outdated_form_gets_a_page_that_says_how_to_keep_the_text(preparer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(preparer)

    answer = client.post(reverse("web:change_password"), {"old_password": "x"})

    assert answer.status_code == 403
    assert answer.templates[0].name == "403_csrf.html"
