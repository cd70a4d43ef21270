"""The table of every route with its declared policy, made once from the finished app; knows no store.

It is what the guard enforces and what the tests walk. A route that declares nothing stands in it with no policy, and
the guard denies it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI, params
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from starlette.routing import Mount, compile_path

from serving.security.policy import Policy

SOCKET = "WEBSOCKET"
"""Stands for the method of a socket, which has none: a request cannot use its route, nor it a request's."""


@dataclass(frozen=True, slots=True)
class GuardedRoute:
    """One route: its path as written, its methods (none for a mount, SOCKET for a socket) and what it demands."""

    path: str
    methods: frozenset[str]
    policy: Policy | None
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a request meets: its route, or a path that exists with other methods, or nothing."""

    route: GuardedRoute | None
    path_known: bool


class RouteTable:
    """Routes in the order in which the app tries them."""

    def __init__(self, routes: Iterable[GuardedRoute]) -> None:
        self.routes = tuple(routes)

    @classmethod
    def of(cls, app: FastAPI, mounts: Mapping[str, Policy]) -> RouteTable:
        """The table of `app`; `mounts` holds the policies of mounted apps (static files), by their path."""
        return cls(_routes(app, mounts))

    def find(self, method: str, path: str) -> Found:
        """The first route that takes `method` and `path`."""
        known = False
        for route in self.routes:
            if route.pattern.match(path):
                if not route.methods or method in route.methods:
                    return Found(route, True)
                known = True
        return Found(None, known)


def declared(dependencies: Iterable[params.Depends]) -> Policy | None:
    """The innermost policy among the dependencies of a route."""
    policies = [d.dependency for d in dependencies if isinstance(d.dependency, Policy)]
    return policies[-1] if policies else None


def _routes(app: FastAPI, mounts: Mapping[str, Policy]) -> Iterable[GuardedRoute]:
    for context in iter_route_contexts(app.routes):
        path = context.path or ""
        policy: Policy | None = None
        methods: frozenset[str] = frozenset(context.methods or ())
        if isinstance(context.original_route, APIRoute | APIWebSocketRoute):
            policy = declared(context.dependencies)
            if isinstance(context.original_route, APIWebSocketRoute):
                methods = frozenset({SOCKET})
        elif isinstance(context.original_route, Mount):
            policy = mounts.get(path)
            path, methods = f"{path}/{{path:path}}", frozenset()
        yield GuardedRoute(path, methods, policy, compile_path(path)[0])
