"""What the fixture `at` is, for signatures."""

from collections.abc import Callable
from datetime import datetime

At = Callable[[datetime], None]
