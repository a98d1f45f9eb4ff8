"""Who may enter: signed in by default, public by list, the office by its own guard."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler

from domain import norms
from domain.permissions import may_settle
from domain.refusals import NormsFirst, Unseen
from tables.people import Person

Connection = ASGIConnection[Any, Any, Any, Any]
PUBLIC = {"public": True}  # a route's opt; tests/test_doors.py lists them all
COOKIELESS = PUBLIC | {"exclude_from_csrf": True}  # the same for everybody, holds no form


def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    if not handler.opt.get("public") and viewer_of(connection) is None:
        raise NotAuthorizedException


def coordinators_only(connection: Connection, _: BaseRouteHandler) -> None:
    """For others the office isn't there."""
    viewer = viewer_of(connection)
    if viewer is None:
        raise NotAuthorizedException
    if not may_settle(viewer):
        raise Unseen


async def members_only(connection: Connection, _: BaseRouteHandler) -> None:
    """Whoever accepted the norms in force; others read them first, and then go on."""
    viewer = viewer_of(connection)
    if viewer is None:
        raise NotAuthorizedException
    if not await norms.has_accepted(viewer):
        raise NormsFirst


def viewer_of(connection: Connection) -> Person | None:
    visit: Any = connection.scope.get("visit")
    return visit.viewer if visit else None
