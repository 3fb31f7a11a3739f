"""Which column of a workbook holds what of a register: the titles of its own template, in any order."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from communities.importing.cells import plain_text, shown
from communities.importing.headings import HEADING_SEARCH_ROWS, NAME, TITLES, TOWN, canonical
from communities.importing.workbooks import Sheet
from communities.models import Community
from communities.models.records import Register

UNIT_TOWN, UNIT_NAME = "unit_town", "unit_name"
"""What the columns of the unit are called here: a register may have a `name` of its own."""
UNIT_TITLES = {"community": (UNIT_TOWN, UNIT_NAME), "town": (UNIT_TOWN,), "district": ()}
ALIASES = {UNIT_TOWN: TITLES[TOWN], UNIT_NAME: TITLES[NAME]}
FEWEST_TITLES = 2


@dataclass(frozen=True)
class Headings:
    """The heading row (from 0), {what: column}, titles that are not read, columns whose title stood before."""

    row: int
    columns: Mapping[str, int]
    unknown: list[str]
    doubled: list[int]


@dataclass(frozen=True)
class Place:
    """A row of a sheet (from 0) and its columns."""

    sheet: Sheet
    number: int
    columns: Mapping[str, int]


def titles_of(register: Register) -> dict[str, str]:
    """{what: title} of the template, in order."""
    units = {name: ALIASES[name][0] for name in UNIT_TITLES[register.unit]}
    return units | {name: register.label_of(name) for name in register.columns}


def find_headings(register: Register, sheet: Sheet) -> Headings | None:
    """The first row with the titles of unit and key, and at least FEWEST_TITLES in all. A title of the register's own
    is never taken for another name of the unit's."""
    known = {canonical(title): name for name in UNIT_TITLES[register.unit] for title in ALIASES[name]}
    known |= {canonical(title): name for name, title in titles_of(register).items()}
    needed = {*UNIT_TITLES[register.unit], *register.key}
    for row in range(min(len(sheet.rows), HEADING_SEARCH_ROWS)):
        titles = [shown(sheet.merged(row, column)).strip() for column in range(len(sheet.rows[row]))]
        found = [(known[canonical(title)], at) for at, title in enumerate(titles) if canonical(title) in known]
        columns = dict(reversed(found))
        if len(columns) >= FEWEST_TITLES and needed <= columns.keys():
            unknown = [title for title in titles if title and canonical(title) not in {*known, "序号"}]
            times = Counter(name for name, _at in found)
            doubled = [at for name, at in found if times[name] > 1 and at != columns[name]]
            return Headings(row, columns, unknown, doubled)
    return None


def name_of(text: str) -> str:
    """A unit's name without spaces and differences of width."""
    return "".join(plain_text(text).split())


def called(communities: Iterable[Community]) -> dict[str, Community]:
    """Communities by name and by town and name; a name that two of today share needs its town before it."""
    found = list(communities)
    living = {each.name for each in found if each.closed_on is None}
    today = [each for each in found if each.closed_on is None or each.name not in living]
    times = Counter(each.name for each in today)
    return {each.full_name: each for each in found} | {each.name: each for each in today if times[each.name] == 1}
