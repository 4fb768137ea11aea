"""API version 1: every route behind a token."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.context import officer_of

from . import acting, calendar, complying, evidence, logging, reading, reference, resumable, service, supposing
from .models import PROBLEMS

router = APIRouter(prefix="/v1", dependencies=[Depends(officer_of)], responses=PROBLEMS)
for part in (acting, calendar, complying, evidence, logging, reading, reference, resumable, service, supposing):
    router.include_router(part.router)
