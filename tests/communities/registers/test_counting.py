"""Facts of the yearly profile that are counted from registers: when they are known, and who may write them (R23)."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, models

from communities import locks
from communities.counting import registers_of_fact
from communities.importing.apply import import_register
from communities.importing.plan import make_plan
from communities.importing.records import plan_records, write_plan
from communities.importing.workbooks import read_workbook
from communities.locks import Locked
from communities.models import CommunityWorker, YearProfile
from communities.models.members import MembersField
from communities.models.profiles import COUNTED_ONLY
from communities.models.records import REGISTERS, Members
from communities.records import remove_record, save_record
from tests.communities.registers.steps import every_counting, known, profile_of, written
from tests.communities.workbook_files import read, register_file, row, xlsx

pytestmark = pytest.mark.django_db
WORKERS = REGISTERS["workers"]
NUMBERS = models.IntegerField | models.DecimalField | models.BooleanField | models.DateField


@every_counting
def test_what_a_register_counts_is_a_fact_of_the_profile_that_can_hold_it(register):
    for name, how in register.counts.items():
        field = YearProfile._meta.get_field(name)
        assert field.null, f"{name} cannot be unknown"
        assert isinstance(field, MembersField if isinstance(how, Members) else NUMBERS), name


def test_no_two_registers_count_the_same_fact_and_what_nobody_types_is_counted():
    facts = [name for register in REGISTERS.values() for name in register.counts]
    assert len(facts) == len(set(facts))
    assert set(COUNTED_ONLY) <= set(registers_of_fact())


@every_counting
def test_facts_are_known_with_the_first_record_and_unknown_again_after_the_last(register, community, bureau):
    record = written(register.slug, community, by=bureau)
    profile = profile_of(community)
    assert profile.counted == known(register, profile) != []
    remove_record(register, record, revision=1, by=bureau)
    profile = profile_of(community)
    assert profile.counted == []
    assert [getattr(profile, name) for name in register.counts] == [None] * len(register.counts)


@every_counting
def test_a_register_reported_empty_makes_its_facts_nothing_and_taken_back_unknown(register, community, bureau):
    locks.report_nil(register, community, 2012, is_nil=True, by=bureau)
    profile = profile_of(community)
    assert profile.counted == known(register, profile) != []
    for name in register.counts:
        field = YearProfile._meta.get_field(name)
        expected = "" if isinstance(field, MembersField) else None if isinstance(field, models.DateField) else 0
        assert getattr(profile, name) == expected, name
    locks.report_nil(register, community, 2012, is_nil=False, by=bureau)
    assert profile_of(community).counted == []


def test_another_community_and_another_year_stay_as_they_are(community, village, bureau):
    YearProfile.objects.create(community=village, year=2012, workers=9)
    YearProfile.objects.create(community=community, year=2011, workers=8)
    written("workers", community, by=bureau)
    assert YearProfile.objects.get(community=village).workers == 9
    assert YearProfile.objects.get(year=2011).workers == 8


def test_the_offices_number_gives_way_to_the_count_and_other_facts_stay(community, bureau):
    YearProfile.objects.create(community=community, year=2012, workers=9, certified_workers=9, volunteers=40)
    written("workers", community, by=bureau)
    profile = profile_of(community)
    assert (profile.workers, profile.certified_workers, profile.volunteers) == (1, 0, 40)


# --- nobody else writes them ---------------------------------------------------------------------------------------


def test_the_profiles_page_shows_a_counted_fact_and_takes_no_other_value_for_it(community, bureau, open_year, sign_in):
    written("workers", community, by=bureau)
    client, profile = sign_in(bureau), profile_of(community)
    page = client.get(profile.get_absolute_url())
    assert "workers" not in page.context["form"].fields
    assert "由“社区专职工作者”计数" in page.content.decode()
    sent = {"revision": profile.revision, "workers": "99", "certified_workers": "99", "volunteers": "40"}
    assert client.post(profile.get_absolute_url(), sent).status_code == 302
    profile = profile_of(community)
    assert (profile.workers, profile.certified_workers, profile.volunteers) == (1, 0, 40)


def test_a_fact_counted_while_its_form_was_open_is_not_overwritten(community, bureau):
    profile = YearProfile.objects.create(community=community, year=2012, workers=9)
    written("workers", community, by=bureau)
    save_record(REGISTERS["profiles"], profile, {"workers": 9, "volunteers": 40}, revision=1, by=bureau)
    assert (profile_of(community).workers, profile_of(community).volunteers) == (1, 40)


def test_the_offices_table_does_not_replace_a_counted_fact_and_says_so(community, village, bureau, district):
    for unit in (community, village):
        written("workers", unit, by=bureau)
    facts = {"workers": 99, "certified_workers": 99, "registered_households": 1200}
    register = read(register_file(row(**facts)))
    plan = make_plan(register, district=district, year=2012)
    assert "1个社区（村）的“专职工作者（人）”由名册计数，未采用表中的数。" in plan.notes
    changed = [name for name, _old, _new in plan.changed[0].changes]
    assert "户籍户数" in changed
    assert "专职工作者（人）" not in changed
    import_register(register, district=district, year=2012, town=None, by=None, previewed=plan.digest)
    profile = profile_of(community)
    assert (profile.workers, profile.certified_workers, profile.registered_households) == (1, 0, 1200)
    assert profile.counted == sorted(WORKERS.counts)


def test_a_table_that_agrees_with_the_count_needs_no_note(community, bureau, district):
    written("workers", community, by=bureau)
    plan = make_plan(read(register_file(row(workers=1, certified_workers=0))), district=district, year=2012)
    assert [note for note in plan.notes if "名册" in note] == []


def test_the_table_of_profiles_does_not_replace_a_counted_fact_and_says_so(community, bureau):
    written("workers", community, by=bureau)
    heading = ["镇（开发区、街道）", "社区（村）名称", "专职工作者（人）", "注册志愿者（人）"]
    content = xlsx({"年度台账": [heading, ["湖塘镇", "聚湖社区", 99, 40]]})
    plan = plan_records(REGISTERS["profiles"], read_workbook(content, ""), year=2012, appointment=bureau)
    assert plan.notes == ["“专职工作者（人）”由名册计数，未采用表中的数。"]
    write_plan(plan, by=bureau, reason="")
    assert (profile_of(community).workers, profile_of(community).volunteers) == (1, 40)


# --- sums and races ------------------------------------------------------------------------------------------------

ENDLESS = [
    ("premises", {"kind": "indoor", "area_sqm": Decimal("9999999.99")}, "用房面积（㎡）"),
    ("grid-cells", {"households": 2_147_483_647}, "网格户数合计"),
    ("funding", {"approved_wan": Decimal("99999999.9999")}, "核定经费（万元）"),
]


@pytest.mark.parametrize(("slug", "facts", "label"), ENDLESS)
def test_a_sum_that_the_profile_cannot_hold_is_refused_in_a_sentence(slug, facts, label, community, bureau):
    written(slug, community, by=bureau, **facts)
    with pytest.raises(Locked, match=f"“{label}”合计.*过大，请核对。"):
        written(slug, community, by=bureau, **facts)
    assert REGISTERS[slug].records.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_at_the_same_time_nobody_is_lost(community, bureau, town_officer):
    def add(by) -> None:
        for number in range(6):
            values = {"name": f"{by.role}{number}", "post": "member", "recruited_by": "open"}
            save_record(WORKERS, CommunityWorker(community=community, year=2012), values, revision=0, by=by)
        connection.close()

    writers = [threading.Thread(target=add, args=[by]) for by in (bureau, town_officer)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert CommunityWorker.objects.count() == profile_of(community).workers == 12


def test_the_days_of_the_last_term_are_those_of_the_residents_committee(community, bureau):
    written("organisation-units", community, by=bureau, kind="party_committee", term_ends_on=date(2015, 1, 1))
    assert profile_of(community).term_ends_on is None
    written("organisation-units", community, by=bureau, kind="residents_committee", term_ends_on=date(2013, 12, 1))
    assert profile_of(community).term_ends_on == date(2013, 12, 1)


def test_a_kind_of_site_without_a_record_stays_what_the_office_s_table_says(community, bureau):
    """A first outdoor site does not make the area of the rooms 0, nor their papers complete."""
    YearProfile.objects.create(community=community, year=2012, premises_area_sqm=380, outdoor_area_sqm=100)
    site = written("premises", community, by=bureau, kind="outdoor", area_sqm=520)
    profile = profile_of(community)
    assert (profile.premises_area_sqm, profile.outdoor_area_sqm, profile.premises_right_doc) == (380, 520, None)
    assert profile.counted == ["outdoor_area_sqm"]
    written("premises", community, by=bureau, kind="indoor", area_sqm=410, in_own_use=False)
    assert profile_of(community).premises_area_sqm == 0, "let to others: registered, and not counted"
    remove_record(REGISTERS["premises"], site, revision=1, by=bureau)
    assert profile_of(community).outdoor_area_sqm is None
