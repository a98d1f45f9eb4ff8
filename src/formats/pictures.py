"""What a picture is, by its content: never by what its sender calls it."""

from __future__ import annotations

import struct

PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
PNG_BEGIN, PNG_END = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"IEND\xaeB`\x82"
JPEG_BEGIN, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
WEBP_PARTS = (b"VP8 ", b"VP8L", b"VP8X")


def kind_of(content: bytes) -> str:
    """Empty for anything else; something hung on behind makes it something else."""
    if content.startswith(PNG_BEGIN) and content.endswith(PNG_END):
        return PNG
    if content.startswith(JPEG_BEGIN) and content.endswith(JPEG_END):
        return JPEG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP" and content[12:16] in WEBP_PARTS:
        [size] = struct.unpack("<I", content[4:8])
        return WEBP if size + 8 == len(content) else ""
    return ""
