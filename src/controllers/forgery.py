"""Cross-site request forgery: Litestar's guard, for whatever is sent as a token."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.middleware.csrf import CSRFMiddleware, generate_csrf_hash
from litestar.utils.scope.state import ScopeState

import sealing

HASH = 64  # hexadecimal digits, after the secret


class Guard(CSRFMiddleware):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """A cookie under a key that is gone is none: else its browser could post nothing. Any other
        stays: what one page got wrong is no reason for the other ones to fail."""
        if scope["type"] == "http":
            cookies = Request[Any, Any, Any](scope).cookies  # kept with the scope
            cookie = cookies.get(self.config.cookie_name, "")
            if self._decode_csrf_token(cookie) is None:
                cookies.pop(self.config.cookie_name, None)
            else:
                ScopeState.from_scope(scope).csrf_token = cookie  # the refusal's page has forms too
        await super().__call__(scope, receive, send)

    def _decode_csrf_token(self, token: str) -> str | None:
        """Under any of our keys: pages that were open before a rotation go on."""
        secret, hashed = token[:-HASH], token[-HASH:]
        ours = (generate_csrf_hash(secret, key) for key in sealing.csrf_secrets())
        return secret if any(sealing.same(hashed, each) for each in ours) else None

    def _csrf_tokens_match(
        self, request_csrf_token: str | UploadFile, cookie_csrf_token: str
    ) -> bool:
        """A file or a foreign letter is a wrong token, not a mistake of ours."""
        if isinstance(request_csrf_token, UploadFile):
            request_csrf_token.file.close()
            return False
        is_plain = (request_csrf_token + cookie_csrf_token).isascii()
        return is_plain and super()._csrf_tokens_match(request_csrf_token, cookie_csrf_token)
