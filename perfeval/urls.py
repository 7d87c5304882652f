"""All addresses of the site."""

from django.urls import include, path

urlpatterns = [
    path("", include("perfeval.web.urls")),
]

handler400 = "perfeval.web.errors.bad_request"
