"""PDFs for tests, written by hand: honest ones, and what strangers might send."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence

BOX = b"0 0 595 842"


def pdf(text: str = "CV", pages: int = 1) -> bytes:
    """So many pages, the text on each; it lies in the file as it is."""
    drawn = f"BT /F1 24 Tf 60 700 Td ({text}) Tj ET".encode()
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(pages))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    return bound(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
            _stream(drawn),
            *(_page(b"3 0 R", b"/Font << /F1 %s >>" % font) for _ in range(pages)),
        ]
    )


def locked() -> bytes:
    """Opens by a password alone."""
    lock = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"00" * 32, b"11" * 32)
    return bound(_one_page(_stream(b"0 0 9 9 re f")), b"/Encrypt %s /ID [<00> <00>] " % lock)


def without_pages() -> bytes:
    return bound([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])


def swelling() -> bytes:
    """Two kilobytes that want a thousand million."""
    packed = zlib.compress(zlib.compress(b"\0" * 1_000_000_000, 9), 9)
    return bound(_one_page(_stream(packed, b"/Filter [/FlateDecode /FlateDecode] ")))


def nesting() -> bytes:
    """Each drawing calls the next one ten times."""
    calls = [_stream(b"/X Do " * 10, _form(b"%d 0 R" % (6 + level))) for level in range(19)]
    last = _stream(b"0 0 595 842 re f", _form(b"5 0 R"))
    resources = b"/XObject << /X 5 0 R >>"
    return bound([*_one_page(_stream(b"/X Do " * 10), resources), *calls, last])


def without_end() -> bytes:
    """A page whose paper is larger than any."""
    return bound(_one_page(_stream(b"0 0 9 9 re f"), box=b"0 0 99999999999 1"))


def scanned() -> bytes:
    """Nothing but noise."""
    image = zlib.compress(random.Random(7).randbytes(500 * 700 * 3))
    size = b"/Width 500 /Height 700 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
    kind = b"/Type /XObject /Subtype /Image /Filter /FlateDecode " + size
    page = _one_page(_stream(b"595 0 0 842 0 0 cm /I Do"), b"/XObject << /I 5 0 R >>")
    return bound([*page, _stream(image, kind)])


def bound(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    body, begins = b"%PDF-1.4\n", list[int]()
    for number, each in enumerate(objects, 1):
        begins.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    tail = b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n"
    return body + head + table + tail % (count, trailer, len(body))


def _one_page(stream: bytes, resources: bytes = b"", box: bytes = BOX) -> list[bytes]:
    return [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _page(b"4 0 R", resources, box),
        stream,
    ]


def _page(content: bytes, resources: bytes = b"", box: bytes = BOX) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents %s /Resources << %s >> >>"
    return page % (box, content, resources)


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(content), more, content)


def _form(called: bytes) -> bytes:
    resources = b"/Resources << /XObject << /X %s >> >> " % called
    return b"/Type /XObject /Subtype /Form /BBox [%s] " % BOX + resources
