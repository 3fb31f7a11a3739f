"""What every register is made of: `Record`, the line of a register, and `Register`, the declaration that stands above
its class. Lists, forms, bulk edits, templates, imports, exports, history and counting all follow from the two."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.urls import reverse

from communities.models.appointments import SEE_NO_COMMUNITIES, Appointment, Role
from communities.models.places import Community, District, Town
from communities.models.searching import SearchKey

if TYPE_CHECKING:
    from datetime import date

NOT_NEGATIVE = [MinValueValidator(0)]
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]
PHONE = RegexValidator(r"^[0-9+*（）() -]{5,20}$", "“%(value)s”不像电话号码，请填写5至20位数字，可带区号和短横线。")


LARGEST = {models.PositiveIntegerField: 2_147_483_647, models.PositiveSmallIntegerField: 32_767}


def largest(field: models.Field) -> Decimal:
    """The largest number that a column holds on every engine: SQLite alone would take more."""
    if isinstance(field, models.DecimalField):
        return (Decimal(10) ** field.max_digits - 1).scaleb(-field.decimal_places)
    return Decimal(next(most for kind, most in LARGEST.items() if isinstance(field, kind)))


LONGEST_PK = 18


def is_pk(text: str) -> bool:
    """Whether a text can be the key of a record in any database."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_PK


class RecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, appointment: Appointment) -> "RecordQuerySet":
        return self.filter(self.model.scope(appointment))


class Record(models.Model):
    """One line of a register."""

    remarks = models.CharField("备注", max_length=200, blank=True)
    search_key = SearchKey()
    revision = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = RecordQuerySet.as_manager()

    UNIT: ClassVar[str] = ""
    """The field that leads to the unit whose record it is: community, town or district."""
    register: ClassVar["Register"]
    """The declaration above the class."""

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return reverse("communities:record", args=[self.register.slug, self.pk])

    @classmethod
    def scope(cls, appointment: Appointment) -> Q:
        """Which records an appointment may see."""
        raise NotImplementedError

    @property
    def unit(self) -> Community | Town | District:
        return getattr(self, self.UNIT)

    @property
    def searched_text(self) -> str:
        """The words by which the record is found, as its register declares them."""
        return " ".join(str(getattr(self, name)) for name in self.register.searched)

    def clean(self) -> None:
        """What must hold between the fields of one record; subclasses raise errors by field."""


class CommunityRecord(Record):
    """A record that a community keeps for one year."""

    community = models.ForeignKey(
        Community, verbose_name="社区（村）", on_delete=models.PROTECT, related_name="%(class)s_set", editable=False
    )
    year = models.PositiveSmallIntegerField("年度", editable=False)

    UNIT = "community"

    class Meta:
        abstract = True

    @classmethod
    def scope(cls, appointment: Appointment) -> Q:
        return appointment.sees_communities("community__")


class TownRecord(Record):
    """A record that a town keeps; every other town's stays its own."""

    town = models.ForeignKey(
        Town, verbose_name="镇（开发区、街道）", on_delete=models.PROTECT, related_name="+", editable=False
    )

    UNIT = "town"

    class Meta:
        abstract = True

    @classmethod
    def scope(cls, appointment: Appointment) -> Q:
        if appointment.role in SEE_NO_COMMUNITIES:
            return Q(pk__in=[])
        return Q(town=appointment.town_id) if appointment.town_id else Q(town__district=appointment.district_id)


class DistrictRecord(Record):
    """A record that the bureau keeps and everybody at work in the district reads."""

    district = models.ForeignKey(
        District, verbose_name="区", on_delete=models.PROTECT, related_name="+", editable=False
    )

    UNIT = "district"

    class Meta:
        abstract = True

    @classmethod
    def scope(cls, appointment: Appointment) -> Q:
        if appointment.role in SEE_NO_COMMUNITIES:
            return Q(pk__in=[])
        return Q(district=appointment.district_id)


@dataclass(frozen=True)
class Members:
    """A count that is a set: the values of `path` (a choice, a word or a MembersField) over the records of a year."""

    path: str
    filter: Q = field(default_factory=Q)


Counting = Combinable | Members


@dataclass(frozen=True, eq=False)
class Register:
    """The declaration of a register; each is equal to itself only and so may stand as a key.

    `columns` are the fields of its form, template, import and export in order; `listed` those of its list. `key` finds
    a record again within its unit and year. `searched` are searched as text and by initials, `filters` offered as
    choices. `counts` says which facts of the yearly profile are counted from it. `carried`: which records go on to the
    next year, None where none do; `renewed`: values they begin it with. `dated`: the day that must lie within the year.
    `editors` may write; `has_files`: papers and pictures can be attached.
    """

    model: type[Record]
    slug: str
    label: str
    group: str
    note: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    listed: tuple[str, ...]
    searched: tuple[str, ...]
    filters: tuple[str, ...]
    counts: Mapping[str, Counting]
    carried: Q | None
    renewed: Mapping[str, Any]
    dated: str
    editors: tuple[Role, ...]
    has_files: bool

    @property
    def unit(self) -> str:
        return self.model.UNIT

    @property
    def records(self) -> RecordQuerySet:
        """All records there are, of every unit and year."""
        return RecordQuerySet(self.model)

    @property
    def url(self) -> str:
        return reverse("communities:record_list", args=[self.slug])

    @property
    def yearly(self) -> bool:
        return any(field.name == "year" for field in self.model._meta.concrete_fields)

    def label_of(self, name: str) -> str:
        return str(self.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


REGISTERS: dict[str, Register] = {}
"""Every register by slug."""

GROUPS = ("年度台账", "组织", "队伍", "用房", "服务", "网格", "平台", "三社联动", "台账", "经费", "政策和荣誉")
"""The groups of registers in the order of the overview."""


def registers_in_order() -> list[Register]:
    return sorted(REGISTERS.values(), key=lambda register: GROUPS.index(register.group))


OF_COMMUNITIES = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER, Role.COMMUNITY_WORKER)
OF_TOWNS = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER)
OF_THE_BUREAU = (Role.BUREAU_OFFICER,)
EDITORS = {"community": OF_COMMUNITIES, "town": OF_TOWNS, "district": OF_THE_BUREAU}
Model = TypeVar("Model", bound=type[Record])


def register(
    slug: str,
    *,
    label: str,
    group: str,
    note: str,
    columns: Iterable[str],
    key: Iterable[str],
    searched: Iterable[str],
    filters: Iterable[str] = (),
    listed: Iterable[str] = (),
    counts: Mapping[str, Counting] | None = None,
    carried: Q | None = None,
    renewed: Mapping[str, Any] | None = None,
    dated: str = "",
    has_files: bool = False,
) -> Callable[[Model], Model]:
    """Declare the class below as a register; `listed` is all columns unless said otherwise."""

    def declare(model: Model) -> Model:
        model.register = REGISTERS[slug] = Register(
            model=model,
            slug=slug,
            label=label,
            group=group,
            note=note,
            columns=(*columns, "remarks"),
            key=tuple(key),
            listed=tuple(listed) or tuple(columns),
            searched=tuple(searched),
            filters=tuple(filters),
            counts=counts or {},
            carried=carried,
            renewed=renewed or {},
            dated=dated,
            editors=EDITORS[model.UNIT],
            has_files=has_files,
        )
        return model

    return declare


def in_order(record: Record, earlier: str, later: str) -> None:
    """Raise at `later` where it lies before `earlier`; blanks are in order."""
    first: date | None = getattr(record, earlier)
    second: date | None = getattr(record, later)
    if first and second and second < first:
        name = record._meta.get_field(earlier).verbose_name  # type: ignore[union-attr]
        raise ValidationError({later: f"不能早于{name}。"})
