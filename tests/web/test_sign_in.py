"""Signing in, signing out, changing the password."""

import pytest
from django.urls import reverse

from perfeval.accounts.models import User

pytestmark = pytest.mark.django_db

LOGIN = reverse("web:login")
PASSWORD = "a long enough password"


@pytest.fixture
def member(preparer) -> User:
    """Return the preparer with a password that the test knows."""
    preparer.set_password(PASSWORD)
    preparer.save()
    return preparer


def sign_in(client, password: str, **extra: str):
    return client.post(LOGIN, {"username": "preparer", "password": password, **extra})


def test_page_that_needs_somebody_sends_to_sign_in_and_back(client, member):
    wanted = reverse("web:schemes")

    sent = client.get(wanted)
    back = sign_in(client, PASSWORD, next=wanted)

    assert (sent.status_code, sent.url) == (302, f"{LOGIN}?next={wanted}")
    assert (back.status_code, back.url) == (302, wanted)


def test_sign_in_with_wrong_password_says_what_to_do_and_keeps_the_account(client, member):
    answer = sign_in(client, "wrong")

    assert answer.status_code == 200
    assert len(answer.context["form"].non_field_errors()) == 1
    assert 'value="preparer"' in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:x"])
def test_sign_in_never_leads_to_another_site(client, member, elsewhere):
    assert sign_in(client, PASSWORD, next=elsewhere).url == reverse("web:home")


def test_closed_account_cannot_sign_in(client, member):
    User.objects.filter(pk=member.pk).update(is_active=False)

    assert sign_in(client, PASSWORD).status_code == 200
    assert "_auth_user_id" not in client.session


def test_somebody_signed_in_is_not_asked_again(client_of, preparer):
    assert client_of(preparer).get(LOGIN).url == reverse("web:home")


def test_sign_out_takes_a_post_and_ends_the_session(client_of, preparer):
    client = client_of(preparer)

    assert client.get(reverse("web:logout")).status_code == 405
    assert client.post(reverse("web:logout")).url == LOGIN
    assert client.get(reverse("web:home")).status_code == 302


def test_changed_password_is_the_one_that_counts(client, member):
    sign_in(client, PASSWORD)
    new = "another long password"

    answer = client.post(
        reverse("web:change_password"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    member.refresh_from_db()
    assert answer.url == reverse("web:home")
    assert member.check_password(new)
    assert client.get(reverse("web:home")).status_code == 200


def test_change_of_password_needs_the_old_one(client, member):
    sign_in(client, PASSWORD)

    answer = client.post(
        reverse("web:change_password"),
        {"old_password": "wrong", "new_password1": "x" * 12, "new_password2": "x" * 12},
    )

    assert answer.status_code == 200
    assert "old_password" in answer.context["form"].errors


def test_header_leads_to_the_own_password_once_signed_in(client, client_of, preparer):
    link = f'href="{reverse("web:change_password")}"'

    assert link in client_of(preparer).get(reverse("web:home")).text
    assert link not in client.get(LOGIN).text


def test_page_for_an_expired_sign_in_opens_without_a_person(client, db):
    answer = client.post(reverse("web:start_report"), {})

    assert answer.status_code == 401
    assert f'href="{LOGIN}" target="_blank"' in answer.text


def test_page_for_an_expired_sign_in_keeps_no_password(client, db):
    typed = {"old_password": "secret 1", "new_password1": "secret 2", "go": "on"}

    answer = client.post(reverse("web:change_password"), typed)

    assert "secret" not in answer.text
    assert answer.context["sent"] == [("go", "on")]


def test_page_of_one_account_sends_nothing_under_another(client_of, preparer, reviewer):
    client = client_of(reviewer)

    other = client.post("/reports/1/figures/", headers={"X-Account": str(preparer.pk)})
    own = client.get("/", headers={"X-Account": str(reviewer.pk)})

    assert (other.status_code, own.status_code) == (401, 200)
