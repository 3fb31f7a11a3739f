"""What is typed on a score sheet."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from django import forms

from assessment.assessing import Entry
from assessment.models import Item
from communities.templatetags.official import plain

REASON_LENGTH = 500
NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII)


def read_points(text: str, item: Item) -> Decimal | None:
    """The score typed for an item; full-width digits are read, blank is no score.

    Raises forms.ValidationError in Chinese for anything that is not a number from 0 to the item's points.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    wanted = f"请填写0到{plain(item.points)}之间的数字，最多两位小数。"
    if not NUMBER.fullmatch(text):
        raise forms.ValidationError(f"“{text[:20]}”不是数字，{wanted}")
    points = Decimal(text)
    if not 0 <= points <= item.points:
        raise forms.ValidationError(f"得分{text[:20]}超出范围，{wanted}")
    if points != points.quantize(Decimal("0.01")):
        raise forms.ValidationError(f"得分{text[:20]}的小数位太多，{wanted}")
    return points.quantize(Decimal("0.01"))


def read_reason(text: str) -> str:
    reason = text.replace("\r\n", "\n").strip()
    if len(reason) > REASON_LENGTH:
        raise forms.ValidationError(f"扣分原因有{len(reason)}字，请控制在{REASON_LENGTH}字以内。")
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in reason):
        raise forms.ValidationError("扣分原因含有无法显示的控制字符，请删除后重新填写。")
    return reason


def read_entry(data: Mapping[str, str], item: Item, *, suffix: str = "") -> Entry:
    """One item's entry from posted `points`, `reason` and `revision`; raises forms.ValidationError."""
    revision = data.get(f"revision{suffix}", "")
    return Entry(
        item=item,
        points=read_points(data.get(f"points{suffix}", ""), item),
        reason=read_reason(data.get(f"reason{suffix}", "")),
        revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else 0,  # noqa: PLR2004
    )
