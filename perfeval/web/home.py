"""The first page: what this person has to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from perfeval.web.access import SIGNED_IN, requires


@requires(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the reports that wait for this person."""
    return render(request, "web/home.html")


urlpatterns = [path("", home, name="home")]
