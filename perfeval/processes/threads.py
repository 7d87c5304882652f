"""Threads of the server itself, for work that needs its database or its keys."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def background(
    name: str, function: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs
) -> None:
    """Call a function beside the request, in a thread of this name that ends with the server."""
    Thread(target=function, args=args, kwargs=kwargs, name=name, daemon=True).start()


def apart(function: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Return what a function returns in a thread of its own: no event loop runs there."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(function, *args, **kwargs).result()
