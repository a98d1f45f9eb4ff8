"""Static files: by version for a year, compressed once."""

from __future__ import annotations

import mimetypes
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from assets import files
from controllers.guards import COOKIELESS
from domain.refusals import Unseen

mimetypes.add_type("text/javascript", ".js")
YEAR = "public, max-age=31536000, immutable"


@get("/static/{name:path}", opt=COOKIELESS)
async def static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Only the version this replica has may be kept: an older one would fill caches wrongly."""
    file = files().get(name.lstrip("/"))
    if file is None:
        raise Unseen
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_exact = request.query_params.get("v") == file.version
    headers = {"Vary": "Accept-Encoding", "Cache-Control": YEAR if is_exact else "no-cache"}
    body = file.content
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = file.packed
    return Response(body, media_type=kind, headers=headers)
