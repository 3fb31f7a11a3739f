"""Every list page of a district with 300, 3,000 and 21,000 communities: as many queries, and its first page as fast.

What adds up a whole district (overviews, figures, coverage, funds, the sums that a report fetches once its page stands)
is no list: only its queries count.
"""

from collections.abc import Iterator
from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communities.models.records import REGISTERS
from reporting.shortfalls import REPORTS
from tests.bench.compare import Result
from tests.bench.district import YEAR
from tests.bench.growing import build_district, grow

SIZES = (300, 3_000, 21_000)
ROUNDS, WARM_UP = 7, 2
LISTS = [
    *("/communities/", "/communities/?short=premises", "/communities/?category=rural", "/assessments/", "/metrics/"),
    "/towns/",
    *(f"/registers/{slug}/" for slug in REGISTERS),
    *(f"/shortfalls/{name}/" for name in REPORTS),
    *(f"/shortfalls/{name}/?listed=unknown" for name in REPORTS),
]
SUMS = [
    "/",
    "/registers/",
    "/shortfalls/",
    "/figures/",
    "/coverage/grid/",
    "/coverage/services/",
    "/coverage/policies/",
    "/funding/",
    *(f"/shortfalls/{name}/?sums=1" for name in REPORTS),
]
Measured = dict[str, tuple[float, int]]
"""{address: (median in ms, queries)}."""


def measure_lists() -> Iterator[Result]:
    bureau = build_district()
    client = Client(SERVER_NAME="localhost")
    client.force_login(bureau.user, backend="django.contrib.auth.backends.ModelBackend")
    found: dict[int, Measured] = {}
    for size in SIZES:
        grow(size)
        found[size] = measure(client)
    smallest = found[SIZES[0]]
    for address in LISTS:
        for size in SIZES[1:]:
            (ours, queries), (base, before) = found[size][address], smallest[address]
            yield Result(f"{address} {size}个／300个社区（村）", ours, base, 2)
            yield Result(f"{address} {size}个比300个多的查询", queries - before, None, 0, unit="条")
    for address in SUMS:
        more = found[SIZES[-1]][address][1] - smallest[address][1]
        yield Result(f"{address}（汇总页）{SIZES[-1]}个比300个多的查询", more, None, 0, unit="条")


def measure(client: Client) -> Measured:
    """All pages in turn, several rounds, so that a busy moment falls on one round of each and not on one page."""
    times: dict[str, list[float]] = {address: [] for address in LISTS + SUMS}
    for _ in range(WARM_UP + ROUNDS):
        for address, taken in times.items():
            taken.append(timed(client, address))
    return {address: (median(taken[WARM_UP:]), queries_of(client, address)) for address, taken in times.items()}


def of_year(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}year={YEAR}"


def timed(client: Client, address: str) -> float:
    begun = perf_counter()
    response = client.get(of_year(address))
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    return (perf_counter() - begun) * 1000


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(of_year(address))
    return len(captured)
