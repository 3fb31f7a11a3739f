"""Called by `script/bench`, which prepares the environment."""

import argparse
import sys
from collections.abc import Iterator

from django.db import connection

from config.wsgi import application
from tests.bench.compare import Result
from tests.bench.district import build_campaign, build_place, scratch_database
from tests.bench.documents import measure_documents
from tests.bench.lists import measure_lists
from tests.bench.measurements import MEASUREMENTS, measure_import

assert application, "loaded as it is in a server"
OF_THE_PLACE = MEASUREMENTS | {"documents": measure_documents}
NAMES = ["import", *OF_THE_PLACE, "lists"]


def results(names: list[str]) -> Iterator[Result]:
    build_campaign()
    if "import" in names:
        yield from measure_import()
    if set(names) & set(OF_THE_PLACE):
        place = build_place()
        for name in names:
            if name in OF_THE_PLACE:
                yield from OF_THE_PLACE[name](place)


def measured(names: list[str]) -> Iterator[Result]:
    """The lists grow a district of their own, so they have a database of their own."""
    if set(names) != {"lists"}:
        with scratch_database():
            yield from results(names)
    if "lists" in names:
        with scratch_database():
            build_campaign()
            yield from measure_lists()


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("names", nargs="*", metavar="|".join(NAMES))
    names = parser.parse_args().names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"没有这项：{'、'.join(sorted(unknown))}")
    print(f"{connection.vendor}：本系统、对照、比值")
    reached = True
    for result in measured(names):
        print(result.line, flush=True)
        reached &= result.is_reached
    sys.exit(not reached)


main()
