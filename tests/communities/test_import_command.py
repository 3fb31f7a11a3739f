"""manage.py import_communities: JSON on standard output, messages on standard error, exit 1 where it is refused."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from communities.models import Community
from tests.communities.workbook_files import REGISTER, register_file, row
from tests.factories import make_district


def run(*arguments: object) -> dict[str, object]:
    out = StringIO()
    call_command("import_communities", *map(str, arguments), stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def refused(*arguments: object) -> list[dict[str, str]]:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_communities", *map(str, arguments), stdout=out, stderr=StringIO())
    assert error.value.returncode == 1
    result = json.loads(out.getvalue())
    assert (result["created"], result["changed"], result["unchanged"]) == (0, 0, 0)
    assert not Community.objects.exists()
    return result["errors"]


def test_create_then_unchanged(district):
    assert run(REGISTER, "--year", 2012, "--check") == {"created": 384, "changed": 0, "unchanged": 0, "errors": []}
    assert not Community.objects.exists()
    assert run(REGISTER, "--year", 2012, "--format", "json")["created"] == 384
    assert run(REGISTER, "--year", 2012)["unchanged"] == 384


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_problems_are_listed_and_nothing_is_written(district, tmp_path, options):
    file = tmp_path / "表.xlsx"
    file.write_bytes(register_file(row(), row(name="云园社区", workers="约5")))
    (problem,) = refused(file, "--year", 2012, *options)
    assert set(problem) == {"sheet", "cell", "found", "expected", "message"}
    assert (problem["sheet"], problem["cell"], problem["found"]) == ("城镇社区", "P5", "约5")


def test_a_missing_or_unreadable_file_has_the_same_shape(district, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"")
    for file in (tmp_path / "none.xlsx", tmp_path, tmp_path / "a.xlsx"):
        (problem,) = refused(file, "--year", 2012)
        assert problem["message"].endswith("。")


def test_the_district_is_the_only_one_or_named(district):
    make_district(name="外区")
    assert "多个区" in refused(REGISTER, "--year", 2012)[0]["message"]
    assert "没有名为" in refused(REGISTER, "--year", 2012, "--district", "无区")[0]["message"]
    assert run(REGISTER, "--year", 2012, "--district", "武进区")["created"] == 384


def test_without_a_district_or_with_an_impossible_year_it_says_so(db):
    assert "还没有区" in refused(REGISTER, "--year", 2012)[0]["message"]
    make_district()
    assert "年度" in refused(REGISTER, "--year", 99999)[0]["message"]
