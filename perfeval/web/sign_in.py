"""Signing in and out, and changing one's own password."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from perfeval.web.access import ANYONE, SIGNED_IN, requires


class SignInForm(AuthenticationForm):
    """Asks for the account and the password; one message for every reason to refuse."""

    error_messages = {
        "invalid_login": _(
            "The account or the password is wrong, or the account is closed. "
            "Mind capital letters and the input method, and try again. "
            "If you have forgotten the password, ask your administrator to set a new one."
        ),
        "inactive": _("This account is closed. Ask your administrator to open it again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the site's words."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Account")
        self.fields["password"].label = _("Password")


class NewPasswordForm(PasswordChangeForm):
    """Asks for the old password and twice for the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say the rules in one sentence; Django's list would be a block inside a paragraph."""
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = _(
            "At least 8 characters, not digits only, no common word, and not like your name."
        )


class SignIn(LoginView):
    """The sign-in page. Somebody who is signed in already is sent to the first page."""

    template_name = "web/accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class ChangePassword(SuccessMessageMixin, PasswordChangeView):
    """The page on which a person changes the own password and stays signed in."""

    template_name = "web/accounts/change_password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("web:home")
    success_message = _("Your password is changed. Use the new one from now on.")


urlpatterns = [
    path("sign-in/", requires(ANYONE)(SignIn.as_view()), name="login"),
    path("sign-out/", requires(ANYONE)(LogoutView.as_view()), name="logout"),
    path("password/", requires(SIGNED_IN)(ChangePassword.as_view()), name="change_password"),
]
