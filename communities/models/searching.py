"""Finding records by their words or by the first letters of their pinyin: 聚湖 or jh."""

from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Q
from pypinyin import Style, lazy_pinyin

LONGEST = 600


@lru_cache(maxsize=20_000)  # a bulk load says the same words over and over, and pypinyin costs more than the row
def initials(text: str) -> str:
    """The first letters of the pinyin of Chinese characters; other characters stay: 第2网格 → d2wg."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="default"))


def key_of(text: str) -> str:
    """What a search looks into: the words in small letters, then the initials of each."""
    words = text.lower().split()
    return " ".join([*words, *(initials(word) for word in words)])[:LONGEST]


class SearchKey(models.CharField):
    """The key of a record's `searched_text`, written whenever the record is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": LONGEST, "blank": True, "editable": False, **kwargs})

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: ARG002  # why: Django's signature
        value = key_of(model_instance.searched_text)
        setattr(model_instance, self.attname, value)
        return value


def matching(text: str, *paths: str) -> Q:
    """Records whose key, at one of `paths`, holds every word of `text`."""
    found = Q()
    for word in text.lower().split():
        found &= Q.create([(f"{path}search_key__contains", word) for path in paths], connector=Q.OR)
    return found
