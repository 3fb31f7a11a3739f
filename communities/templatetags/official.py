"""How figures are written on pages and paper: blank is not 0, rates with one decimal, areas without idle zeros."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template

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
def tick(value: bool | None) -> str:
    """√ for yes, × for no, blank for unknown."""
    return {True: "√", False: "×"}.get(value, "")  # type: ignore[call-overload]


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """mapping[key] or None, for tables keyed by what a row holds."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's own query string with some parameters changed; None removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"
