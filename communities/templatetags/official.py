"""How figures are written on pages and paper: blank is not 0, rates with one decimal, areas without idle zeros."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template

from communities.models.members import split

register = template.Library()


@register.filter
def plain(value: Any) -> str:
    """A number without idle zeros (4.00 → 4, 2.50 → 2.5); None is blank."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def percent(value: Any) -> str:
    """A rate with one decimal and %: 16.0%; None is blank."""
    if value is None or value == "":
        return ""
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


@register.filter
def wan(value: Any) -> str:
    """An amount of money in 万元 with one decimal: 2531.1; None is blank."""
    if value is None or value == "":
        return ""
    return str(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP))


@register.filter
def tick(value: bool | None) -> str:
    """√ for yes, × for no, blank for unknown."""
    return "" if value is None else "√" if value else "×"


@register.filter
def members(value: str | None) -> str:
    """A set kept as one text, as people write it: 议事决策、党群活动."""
    return "、".join(split(value or ""))


@register.filter
def fact(value: Any) -> str:
    """Any value of a register as people write it: √, 2012年9月30日, 380.5; None is blank."""
    if value is None or isinstance(value, bool):
        return tick(value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return plain(value) if isinstance(value, int | Decimal) else str(value)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's own query string with some parameters changed; None removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


class CaptureNode(template.Node):
    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        context[self.name] = self.nodelist.render(context).strip()
        return ""


@register.tag
def capture(parser: template.base.Parser, token: template.base.Token) -> CaptureNode:
    """{% capture name %}…{% endcapture %}: render once, use twice (a page's title is also its heading)."""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(name, nodelist)
