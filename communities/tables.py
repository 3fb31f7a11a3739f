"""How the registers list their records."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django_tables2.rows import BoundRows

from accounts.models import AuditEvent
from communities.models import Appointment, Category, Community
from communities.paging import PER_PAGE, CappedPaginator, in_one_order
from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import fact, plain, tick

NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}
PIN = {"td": {"class": "pin"}, "th": {"class": "pin"}}
"""The column that names the row: it stays in sight while a wide list is moved sideways."""


def paged(table: tables.Table, request: HttpRequest) -> tables.Table:
    """The list sorted and turned to the page that the address asks for; how long a page is, is not for it to say."""
    table.request = request
    sort(table, request.GET.getlist("sort"))
    table.paginator = CappedPaginator(table.data.data, PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get("page"))
    table.page.object_list = BoundRows(table.page.object_list, table)
    return table


def sort(table: tables.Table, asked: list[str]) -> None:
    """Sort by the columns that the address asks for, as far as there are such; rows that sort alike keep one order."""
    names = {column.name for column in table.columns if column.orderable}
    table.order_by = [name for name in asked if name.removeprefix("-") in names]
    rows = getattr(table.data, "data", None)
    if isinstance(rows, QuerySet):
        table.data.data = in_one_order(rows)


def statement_of(table: tables.Table, title: str, order: str = "") -> Statement:
    """All rows of a list as it is sorted on the page, to be exported: what is shown is what is written."""
    sort(table, [order])
    columns = [
        column
        for column in table.columns.iterall()
        if column.name != "number" and not column.column.exclude_from_export
    ]
    _heads, *rows = table.as_values(exclude_columns=("number",))
    kinds = [_kind(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    heads = [Column(str(column.header), kind) for column, kind in zip(columns, kinds, strict=True)]
    return Statement(title, heads, [[Cell(value) for value in row] for row in rows])


def _kind(column: Any, values: list[Any]) -> Kind:
    """What a column holds, as its class on the page and its values say."""
    classes = str(column.attrs["td"].get("class", ""))
    if "number" in classes:
        return Kind.NUMBER
    if any(isinstance(value, date) for value in values):
        return Kind.DATE
    return Kind.WORDS if "wrap" in classes else Kind.TEXT


def profile_column(label: str, fact_name: str, **options: Any) -> tables.Column:
    """A fact of the year's profile that `communities.registers.with_profiles` brought along."""
    return tables.Column(label, accessor=f"profile__{fact_name}", orderable=False, **options)


def page_of(record: Any) -> str | None:
    """The community's page; None where a past year lists one that lies within another's unit by now."""
    return record.get_absolute_url() if record.reachable else None


def serial_of(table: tables.Table, bound_row: Any) -> int:
    return (table.page.start_index() if table.page else 1) + bound_row.row_counter


class NumberedTable(tables.Table):
    """A list whose 序号 counts on from page to page."""

    number = tables.Column("序号", empty_values=(), orderable=False, attrs=NUMBER)

    def render_number(self, bound_row: Any) -> int:
        return serial_of(self, bound_row)


class CommunityTable(NumberedTable):
    """A community of `Community.objects.listed_on(day)` with its facts of the year, as it was called on that day.

    Towns in administrative order unless a person sorts otherwise.
    """

    town = tables.Column(
        "镇（开发区、街道）", accessor="place_town", order_by=("place__town__sort_order", "sort_order")
    )
    name = tables.Column("社区（村）", accessor="place_name", linkify=page_of, attrs=PIN)
    category = tables.Column("类别", accessor="place_category", orderable=False)
    registered_households = profile_column("户籍户数", "registered_households", attrs=NUMBER)
    premises_area_sqm = profile_column("用房（㎡）", "premises_area_sqm", attrs=NUMBER)
    outdoor_area_sqm = profile_column("户外（㎡）", "outdoor_area_sqm", attrs=NUMBER)
    workers = profile_column("专职（人）", "workers", attrs=NUMBER)
    certified_workers = profile_column("持证（人）", "certified_workers", attrs=NUMBER)
    platform_connected = profile_column("接入平台", "platform_connected")
    remarks = profile_column("备注", "remarks")

    class Meta:
        model = Community
        fields = ("number", "town", "name", "category")

    def render_category(self, value: str) -> str:
        return Category(value).label

    def render_premises_area_sqm(self, value: Any) -> str:
        return plain(value)

    def render_outdoor_area_sqm(self, value: Any) -> str:
        return plain(value)

    def render_platform_connected(self, value: bool) -> str:
        return tick(value)


class PeopleTable(tables.Table):
    user = tables.Column("姓名", accessor="user__name", linkify=("communities:person", {"pk": tables.A("user_id")}))
    username = tables.Column("账号", accessor="user__username")
    role = tables.Column("角色")
    unit_name = tables.Column("单位", orderable=False)
    since = tables.DateColumn(verbose_name="任职日期")
    active = tables.BooleanColumn(verbose_name="启用", accessor="user__is_active", yesno="是,已停用")
    last_login = tables.DateTimeColumn(verbose_name="最近登录", accessor="user__last_login")

    class Meta:
        model = Appointment
        fields = ("user", "username", "role", "unit_name", "since", "active", "last_login")


class AuditTable(tables.Table):
    changes = tables.Column("内容", orderable=False, empty_values=(), attrs={"td": {"class": "wrap"}})

    class Meta:
        model = AuditEvent
        fields = ("at", "actor", "address", "action", "object_label", "result", "changes")

    def render_changes(self, record: AuditEvent) -> str:
        return "；".join(
            f"{name}：{fact(before) or '空'} → {fact(after) or '空'}" for name, before, after in record.changes
        )
