"""Addresses of the filling pages, all below one report."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
