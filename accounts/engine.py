"""SQLite takes as many parameters in one statement as it was built for; Django 5.2 still assumes 999.

With the real number a bulk insert of wide rows is one statement instead of dozens (Django 6 asks SQLite itself).
"""

import sqlite3
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver


@receiver(connection_created)
def ask_sqlite_how_much_it_takes(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
