"""Metrics: every figure that an item of the standard or a page takes from the registers, defined once.

A metric is a name of the standard's dictionary with label, unit, definition (口径) and one SQL expression over
`YearProfile`, whose facts are typed or counted from the registers. Its value is None while a fact it needs is unknown;
unknown is never 0. Nobody types a metric (R23). `DICTIONARY` holds every name a standard may bind an item to.
"""

from communities.metrics.dictionary import DICTIONARY, Metric, MetricValue
from communities.metrics.expressions import (
    ORGANISATION_UNITS,
    STAFF_BASE,
    STAFF_BASE_HOUSEHOLDS,
    STAFF_STEP_HOUSEHOLDS,
    staff_required,
    staff_shortfall,
)
from communities.metrics.reading import read_metrics
from communities.metrics.table import METRICS

__all__ = [
    "DICTIONARY",
    "METRICS",
    "ORGANISATION_UNITS",
    "STAFF_BASE",
    "STAFF_BASE_HOUSEHOLDS",
    "STAFF_STEP_HOUSEHOLDS",
    "Metric",
    "MetricValue",
    "read_metrics",
    "staff_required",
    "staff_shortfall",
]
