"""Turning pages: the keys of a page are found in the order of an index, and only their rows are read in full.

So the first page of a list costs the same however long the list is.
"""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from communities.models.records import is_pk

PER_PAGE = 50
COUNTED_AT_MOST = 5_000
NO_SUCH_PAGE = 1_000_000


def capped_count(rows: QuerySet, most: int = COUNTED_AT_MOST) -> int:
    """How many rows there are, counted to one more than `most` and no further."""
    return rows.order_by().values("pk")[: most + 1].count()


def in_words(number: int, most: int = COUNTED_AT_MOST) -> str:
    """A capped count as people read it."""
    return f"{number}条以上" if number > most else f"{number}条"


def in_one_order(rows: QuerySet) -> QuerySet:
    """Rows that sort alike keep one order, so that no page repeats or drops a row."""
    return rows.order_by(*(rows.query.order_by or rows.model._meta.ordering), "pk")


def keys_of(rows: QuerySet, start: int, end: int) -> list[int]:
    """The keys of some rows of a list. With nothing else to fetch, a database walks its indexes and sorts little."""
    return list(rows.values_list("pk", flat=True)[start:end])


def read(rows: QuerySet, keys: list[int], path: str = "pk") -> list[Any]:
    """The rows with these keys, in their order; `path` leads from a row to its key.

    They are put in order here: a database that had to do it might walk through the whole list once more.
    """
    key_of = attrgetter(path.replace("__", "."))
    found = {key_of(row): row for row in rows.filter(**{f"{path}__in": keys}).order_by()}
    return [found[key] for key in keys if key in found]


class CappedPaginator(Paginator):
    """Pages of a list that is counted as far as anybody turns: nobody turns 100 pages."""

    object_list: QuerySet

    @cached_property
    def count(self) -> int:
        return capped_count(self.object_list)

    @property
    def count_in_words(self) -> str:
        return in_words(self.count)

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = keys_of(self.object_list, start, start + self.per_page)
        return Page(read(self.object_list, keys), number, self)


@dataclass(frozen=True)
class Leaf:
    """A page of a list that is not counted: it knows whether another one follows, and `start` rows come before it."""

    rows: list[Any]
    number: int
    start: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def first(self) -> int:
        """The 序号 of its first row."""
        return self.start + 1

    @property
    def end(self) -> int | None:
        """How many rows the list has, where it ends on this page."""
        return None if self.has_next else self.start + len(self.rows)


def leaf(rows: QuerySet, number: str | None, shown: QuerySet | None = None, path: str = "pk") -> Leaf:
    """The page of that number, the first one where there is no such page.

    What is found with `rows` may be `shown` by others, whose `path` leads to the keys of `rows`.
    """
    wanted = int(number) if number and is_pk(number) else 1
    wanted = wanted if 0 < wanted < NO_SUCH_PAGE else 1
    start = (wanted - 1) * PER_PAGE
    rows = in_one_order(rows)
    keys = keys_of(rows, start, start + PER_PAGE + 1)
    if not keys and wanted > 1:
        return leaf(rows, "1", shown, path)
    found = read(rows if shown is None else shown, keys[:PER_PAGE], path)
    return Leaf(found, wanted, start, has_next=len(keys) > PER_PAGE)
