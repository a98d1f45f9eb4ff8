"""Cross-site request forgery: Litestar's guard, for whatever is sent as a token."""

from __future__ import annotations

from litestar.datastructures import UploadFile
from litestar.middleware.csrf import CSRFMiddleware


class Guard(CSRFMiddleware):
    def _csrf_tokens_match(
        self, request_csrf_token: str | UploadFile, cookie_csrf_token: str
    ) -> bool:
        """A file or a foreign letter is a wrong token, not a mistake of ours."""
        if isinstance(request_csrf_token, UploadFile):
            request_csrf_token.file.close()
            return False
        is_plain = (request_csrf_token + cookie_csrf_token).isascii()
        return is_plain and super()._csrf_tokens_match(request_csrf_token, cookie_csrf_token)
