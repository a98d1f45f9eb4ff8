"""A place for files that nobody needs afterwards, where no disk is waited for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 1 << 30


def in_memory() -> str | None:
    """None where there is no such place, or a small one only, as in many a container."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return str(MEMORY) if roomy else None
