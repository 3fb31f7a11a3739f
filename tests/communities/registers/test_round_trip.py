"""What a register exports it takes back: the same rows are unchanged, an emptied register is filled again (R23)."""

import pytest

from communities.exporting import export_workbook
from communities.importing.records import RecordPlan, plan_records
from communities.importing.workbooks import read_workbook
from communities.listing import records_of
from communities.models.records import REGISTERS, Register
from tests.factories import make_record

pytestmark = pytest.mark.django_db
every_register = pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS.keys())


def exported(register: Register, by) -> bytes:
    return export_workbook(register, records_of(register, 2012, by), register.label)


def planned(register: Register, content: bytes, by) -> RecordPlan:
    return plan_records(register, read_workbook(content, "表.xlsx"), year=2012, appointment=by)


@every_register
@pytest.mark.parametrize("full", [True, False], ids=["every column", "only what is required"])
def test_what_was_exported_is_unchanged_when_it_comes_back(register, full, community, bureau):
    make_record(register, community=community, full=full)
    plan = planned(register, exported(register, bureau), bureau)
    assert (plan.problems, plan.notes, plan.changes, plan.unchanged) == ([], [], [], 1)
