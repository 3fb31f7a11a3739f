"""What an import would do: every row of a register matched in memory against what is stored, before any writing."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.core.serializers.json import DjangoJSONEncoder

from communities.importing.cells import BLANKS, written
from communities.importing.former import former_names
from communities.importing.headings import NAME, TOWN, label_of
from communities.importing.names import alike, one_edit_apart
from communities.importing.packages import position
from communities.importing.problems import Problem
from communities.importing.register import Register, Row
from communities.locks import is_closed
from communities.models import Category, Community, District, Town, YearProfile

FEWER = 3


@dataclass
class Entry:
    """One community of the file beside what is stored. `before` and `after` hold the facts that differ."""

    row: Row
    community: Community | None
    profile: YearProfile | None
    before: dict[str, object]
    after: dict[str, object]

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """(title of the column, stored value, value in the file) as people write them."""
        return [(label_of(name), written(self.before[name]), written(self.after[name])) for name in self.after]


@dataclass
class Plan:
    """The whole import: nothing may be written while `problems` is not empty."""

    district: District
    year: int
    new_towns: list[str] = field(default_factory=list)
    created: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Equal for two plans that do the same to the same stored values: what was previewed is what is written."""
        created, changed = (
            [(entry.row.town, entry.row.name, entry.row.category, entry.before, entry.after) for entry in entries]
            for entries in (self.created, self.changed)
        )
        text = json.dumps([self.district.pk, self.year, self.new_towns, created, changed], cls=DjangoJSONEncoder)
        return hashlib.sha256(text.encode()).hexdigest()


def make_plan(
    register: Register, *, district: District, year: int, town: Town | None = None, lock: bool = False
) -> Plan:
    """Match a register against the district's. `town` limits it to rows of that town; `lock` holds the profiles that
    may be written until the transaction ends, where the database can."""
    plan = Plan(district, year, problems=list(register.problems), notes=list(register.notes))
    if is_closed(district, year):
        message = f"{year}年度台账已经封存，不能整表导入。确需更正的，请由区社区办在年度台账中逐项更正。"
        plan.problems.append(Problem("", "", "", "未封存的年度", message))
    Planner(plan, register.rows, town, Stored(district, year, lock)).match()
    plan.problems.sort(key=lambda problem: place_of(problem, register.sheets))
    return plan


def place_of(problem: Problem, sheets: list[str]) -> tuple[int, int, int]:
    """Where a problem stands in the file: sheet, row, column; those of a whole file or sheet come first."""
    sheet = sheets.index(problem.sheet) if problem.sheet in sheets else -1
    return (sheet, *position(problem.cell)) if problem.cell else (sheet, -1, -1)


class Stored:
    """What is stored of a district, in five queries: its living communities, and what others were called once."""

    def __init__(self, district: District, year: int, lock: bool) -> None:
        self.towns = {town.name: town for town in Town.objects.filter(district=district)}
        names = {town.pk: town for town in self.towns.values()}
        self.communities: dict[tuple[str, str], Community] = {}
        self.by_town: dict[str, list[str]] = defaultdict(list)
        self.towns_by_community: dict[str, list[str]] = defaultdict(list)
        for community in Community.objects.living().filter(town__district=district).order_by():
            community.town = names[community.town_id]
            self.communities[community.town.name, community.name] = community
            self.by_town[community.town.name].append(community.name)
            self.towns_by_community[community.name].append(community.town.name)
        profiles = YearProfile.objects.filter(year=year, community__town__district=district).order_by()
        if lock:
            profiles = profiles.select_for_update(of=("self",))
        self.profiles = {profile.community_id: profile for profile in profiles}
        self.former = former_names(district)


@dataclass
class Planner:
    """Fills `plan` from the rows; a row in doubt becomes a problem instead of an entry."""

    plan: Plan
    rows: list[Row]
    town: Town | None
    stored: Stored

    def match(self) -> None:
        self.counted: Counter[str] = Counter()
        self.in_file = {(row.town, row.name) for row in self.rows}
        self.town_counts = Counter(row.town for row in self.rows)
        if not self.stored.towns:
            self.plan.new_towns = [town for town in self.town_counts if town and not self._likelier_town(town)]
        first: dict[tuple[str, str], Row] = {}
        for row in self.rows:
            if not row.town or not row.name:
                continue
            earlier = first.setdefault((row.town, row.name), row)
            if earlier is not row:
                where = f"“{earlier.sheet}”{earlier.at[NAME]}"
                self._ask(row, NAME, row.name, "每个社区（村）一行", f"“{row.name}”与{where}重复，请只保留一行。")
            elif self._town_is_certain(row) and self._community_is_certain(row):
                self._compare(row)
        self.plan.notes += [
            f"{number}个社区（村）的“{label_of(name)}”由名册计数，未采用表中的数。"
            for name, number in self.counted.items()
        ]

    def _ask(self, row: Row, what: str, found: object, expected: str, message: str) -> None:
        self.plan.problems.append(Problem(row.sheet, row.at[what], str(found), expected, message))

    def _likelier_town(self, town: str) -> str:
        """A town much more frequent in the file that this one is probably a slip of."""
        most = FEWER * self.town_counts[town]
        return next((other for other, n in self.town_counts.items() if n >= most and one_edit_apart(town, other)), "")

    def _town_is_certain(self, row: Row) -> bool:
        if self.stored.towns and row.town not in self.stored.towns:
            names = list(self.stored.towns)
            expected = "、".join(get_close_matches(row.town, names) or names)
            message = f"没有名为“{row.town}”的镇（开发区、街道）。请核对名称；确属新设的，请先由区社区办登记。"
            self._ask(row, TOWN, row.town, expected, message)
        elif not self.stored.towns and (likelier := self._likelier_town(row.town)):
            message = f"“{row.town}”与“{likelier}”只差一字，不能确定是否为笔误。请核对。"
            self._ask(row, TOWN, row.town, likelier, message)
        elif self.town and row.town != self.town.name:
            message = f"您只能导入{self.town.name}的社区（村），请删去其他镇（开发区、街道）的行。"
            self._ask(row, TOWN, row.town, self.town.name, message)
        else:
            return True
        return False

    def _community_is_certain(self, row: Row) -> bool:
        community = self.stored.communities.get((row.town, row.name))
        if row.category is None:
            return False
        if community is None:
            return self._is_surely_new(row)
        if community.category == row.category:
            return True
        stored, found = Category(community.category).label, row.category.label
        message = f"“{row.name}”在台账中是{stored}，本表列为{found}。请核对；确已村改居的，请先由区社区办办理区划调整。"
        self._ask(row, NAME, found, stored, message)
        return False

    def _is_surely_new(self, row: Row) -> bool:
        absent = [name for name in self.stored.by_town[row.town] if (row.town, name) not in self.in_file]
        similar = [name for name in absent if alike(row.name, name)]
        elsewhere = [town for town in self.stored.towns_by_community[row.name] if (town, row.name) not in self.in_file]
        if became := self.stored.former.get((row.town, row.name)):
            message = f"“{row.name}”{became}。请按现在的名称和所属镇（开发区、街道）填写；已撤销的请删去这一行。"
            self._ask(row, NAME, row.name, "现在的名称", message)
        elif similar:
            names = "、".join(similar)
            message = (
                f"台账中没有“{row.name}”，有相近的“{names}”。如是笔误请改正；"
                f"确属新设的，请在表中同时保留“{names}”一行后再导入。"
            )
            self._ask(row, NAME, row.name, names, message)
        elif elsewhere and not self.town:
            towns = "、".join(elsewhere)
            message = (
                f"“{row.name}”在台账中属于{towns}。如镇名填错请改正；"
                f"确属同名新设的，请在表中同时保留{towns}的“{row.name}”一行后再导入。"
            )
            self._ask(row, TOWN, row.town, towns, message)
        else:
            return True
        return False

    def _compare(self, row: Row) -> None:
        community = self.stored.communities.get((row.town, row.name))
        profile = self.stored.profiles.get(community.pk) if community else None
        stored = {name: getattr(profile, name) if profile else unknown(name) for name in row.facts}
        after = {name: value for name, value in row.facts.items() if value != stored[name]}
        for name in [name for name in after if name in counted_of(profile)]:
            self.counted[name] += 1
            del after[name]
        if not self._certificates_fit(row, profile):
            return
        entry = Entry(row, community, profile, {name: stored[name] for name in after}, after)
        if community is None:
            self.plan.created.append(entry)
        elif profile is None or after:
            self.plan.changed.append(entry)
        else:
            self.plan.unchanged.append(entry)

    def _certificates_fit(self, row: Row, profile: YearProfile | None) -> bool:
        """Certified workers are some of the workers; a column the file lacks counts with its stored value."""
        certified, workers = (self._effective(row, profile, name) for name in ("certified_workers", "workers"))
        if certified is None or workers is None or certified <= workers:
            return True
        at = "certified_workers" if "certified_workers" in row.at else "workers"
        message = f"持证人数{certified}人多于专职工作者人数{workers}人，请核对。"
        self._ask(row, at, row.facts[at], "持证人数不多于专职工作者人数", message)
        return False

    @staticmethod
    def _effective(row: Row, profile: YearProfile | None, name: str) -> int | None:
        if name in row.at and name not in counted_of(profile):
            value = row.facts.get(name)
            return value if isinstance(value, int) else None
        return getattr(profile, name) if profile else None


def counted_of(profile: YearProfile | None) -> list[str]:
    """The facts that are counted from registers: no table replaces them."""
    return profile.counted if profile else []


def unknown(name: str) -> object:
    """A fact of a profile that does not exist yet."""
    return "" if BLANKS[name] == "" else None


def town_names(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """The names of communities by town, both in file order."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        found[entry.row.town].append(entry.row.name)
    return dict(found)
