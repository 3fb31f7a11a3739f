"""登记间隔: by when an entry of a kind of the ledger was due (R60)."""

from calendar import monthrange
from datetime import date

from communities.models import District, LedgerKind

MONTHS = 12


def limited_kinds(district: District) -> list[LedgerKind]:
    """The kinds that say how often they must be entered, in their order."""
    return list(LedgerKind.objects.filter(district=district, interval_months__isnull=False))


def earliest(kind: LedgerKind, as_of: date) -> date:
    """The first day from which an entry is recent enough on `as_of`: entered on 30 June, due again by 30 September."""
    return months_before(as_of, kind.interval_months or 0)


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last of a shorter month."""
    year, month = divmod(day.year * MONTHS + day.month - 1 - months, MONTHS)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
