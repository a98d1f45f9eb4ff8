"""What handlers are given: the viewer, the time, rows through the viewer's eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, InternalServerException
from litestar.params import FromPath

import clock
from controllers.guards import viewer_of
from domain.refusals import Unseen
from forms.fields import Sent
from tables.inquiries import Inquiry
from tables.mentorships import Mentorship
from tables.people import Person, Standing
from tables.profiles import Profile
from tables.profiles import State as ProfileState

Row = TypeVar("Row")
GREATEST = 2**31 - 1  # of a row's number; more is no row and would break PostgreSQL's integer


def found(row: Row | None) -> Row:
    if row is None:
        raise Unseen
    return row


def number(given: int) -> int:
    return given if 0 < given <= GREATEST else found(None)


class Reading(Request[Any, Any, Any]):
    """A form that no browser sends so is a mistake of whoever sent it, not of ours."""

    async def form(self) -> FormMultiDict:
        try:
            return await super().form()
        except (LookupError, UnicodeError) as error:  # an unknown or broken encoding
            raise ClientException from error
        except InternalServerException as error:  # went away in the middle, as phones do
            raise ClientException from error


async def now() -> datetime:
    return clock.now()


async def viewer(request: Request[Any, Any, Any]) -> Person:
    return found(viewer_of(request))


async def sent(request: Request[Any, Any, Any]) -> Sent:
    """The form as it came: a list for every name."""
    fields: Mapping[str, Sequence[Any]] = (await request.form()).dict()
    return Sent(fields)


async def inquiry(inquiry_id: FromPath[int], viewer: NamedDependency[Person]) -> Inquiry:
    rows = Inquiry.visible_to(viewer)
    return found(await rows.where(Inquiry.id == number(inquiry_id)).first())


async def mentorship(mentorship_id: FromPath[int], viewer: NamedDependency[Person]) -> Mentorship:
    rows = Mentorship.visible_to(viewer)
    return found(await rows.where(Mentorship.id == number(mentorship_id)).first())


async def mentor_profile(mentor_id: FromPath[int]) -> Profile:
    """Of somebody in the directory."""
    here = (Profile.person == number(mentor_id)) & (Profile.state == ProfileState.RELEASED)
    active = (Profile.person.standing == Standing.ACTIVE) & Profile.person.paused_at.is_null()
    return found(await Profile.objects(Profile.person).where(here & active).first())
