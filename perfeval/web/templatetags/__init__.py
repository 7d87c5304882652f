"""Filters and tags of the templates: they format and fetch, they never compute."""
