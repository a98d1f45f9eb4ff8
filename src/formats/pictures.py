"""What a picture is, by its content: never by what its sender calls it."""

from __future__ import annotations

import struct

PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
PNG_BEGIN, PNG_END = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"IEND\xaeB`\x82"
JPEG_BEGIN, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
WEBP_PARTS = (b"VP8 ", b"VP8L", b"VP8X")
LONGEST_SIDE = 4000  # pixels: a few bytes can ask every reader for gigabytes
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # of a JPEG: where its size stands


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


def is_drawable(content: bytes) -> bool:
    """Of a size that a page can show."""
    width, height = _size(content)
    return 0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE


def _size(content: bytes) -> tuple[int, int]:
    """Nought by nought where it isn't told."""
    try:
        kind = kind_of(content)
        if kind == PNG:
            width, height = struct.unpack(">II", content[16:24])
            return width, height
        return _size_of_webp(content) if kind == WEBP else _size_of_jpeg(content)
    except struct.error:
        return 0, 0


def _size_of_webp(content: bytes) -> tuple[int, int]:
    part, data = content[12:16], content[20:]
    if part == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (4, 7))
    elif part == b"VP8L":
        [bits] = struct.unpack("<I", data[1:5])
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        one, other = struct.unpack("<HH", data[6:10])
        width, height = one & 0x3FFF, other & 0x3FFF
    return width, height


def _size_of_jpeg(content: bytes) -> tuple[int, int]:
    """Part by part to the frame."""
    at = 2
    while True:
        mark, length = struct.unpack(">HH", content[at : at + 4])
        if mark >> 8 != 0xFF:
            return 0, 0
        if mark & 0xFF in FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + max(length, 2)
