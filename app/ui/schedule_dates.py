"""Dates that people type or step through."""

import re
from calendar import monthrange
from datetime import date, timedelta


def read_date(text: str, today: date) -> date | None:
    """Day, month and perhaps year as Europe writes them; without a year the next one to come. ``None``: no date."""
    parts = [int(part) for part in re.findall(r"\d+", text) if part.isascii()]
    if len(parts) not in (2, 3) or len(text.strip()) > 12:
        return None
    year = parts[2] if len(parts) == 3 else today.year
    year = year + 2000 if year < 100 else year
    try:
        found = date(year, parts[1], parts[0])
        if len(parts) == 2 and found < today:
            found = date(year + 1, parts[1], parts[0])
    except ValueError:
        return None
    return found if found >= today else None


def stepped(day: date, *, days: int = 0, months: int = 0) -> date:
    """So many days or months on; a month without that day: its last one."""
    if months:
        month = day.year * 12 + day.month - 1 + months
        year, month = divmod(month, 12)
        day = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day + timedelta(days=days)
