"""Rules of the standard: hints parsed or refused with every problem, values turned into 建议分 and a sentence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.standards.rules import RuleError, parse_rule, read_hints
from assessment.standards.sentences import NO_SUGGESTION, Reading, suggest

PREMISES = {
    "metric": "premises_area_sqm",
    "operator": ">=",
    "threshold": "400",
    "note": "src=seed; core=1; steps=400:4/360:3/320:2/280:1/0:0",
    "points": Decimal(4),
}
RATE = {
    "metric": "cert_rate",
    "operator": ">=",
    "threshold": "80",
    "note": "src=seed; steps=80:2/60:1.5/40:1/20:0.5/0:0; formula=certified_staff/staff_count*100",
    "points": Decimal(2),
}
STAFF = {
    "metric": "staff_shortfall",
    "operator": "<=",
    "threshold": "0",
    "note": "src=seed; per=1:1; formula=4+floor(max(0,households-1000)/250)-staff_count; alt=ceil",
    "points": Decimal(2),
}
UNITS = {
    "metric": "org_units",
    "operator": "contains_all",
    "threshold": "一委|一居|一站|一办",
    "note": "src=seed; missing=0.5",
    "points": Decimal(2),
}
ORGANISATIONS = {
    "metric": "social_org_count",
    "operator": ">=",
    "threshold": "5",
    "note": "src=seed(内容)+template(5个); per=1:0.5; cap=1",
    "points": Decimal("2.5"),
}
PARTY = {"metric": "has_party_org", "operator": "==", "threshold": "true", "note": "src=template", "points": Decimal(2)}
PLATFORM = {
    "metric": "platform_functions",
    "operator": "contains_all",
    "threshold": "信息公开|网上办事|在线互动|人员管理",
    "note": "src=seed; missing=0.5; require=platform_connected",
    "points": Decimal(2),
}
NOTHING_BOUND = {
    "metric": "",
    "operator": "",
    "threshold": "",
    "note": "src=seed(功能室规范运行)",
    "points": Decimal(3),
}

WORDS = {
    "premises_area_sqm": ("用房", "㎡", ""),
    "cert_rate": ("持证率", "%", ""),
    "staff_shortfall": ("专职工作者缺额", "人", "专职工作者人数已配足"),
    "org_units": ("已设机构", "", ""),
    "social_org_count": ("社区社会组织", "个", ""),
    "has_party_org": ("建立党组织", "", ""),
    "platform_functions": ("平台功能", "", ""),
}


def suggested(hints, value, **changes):
    rule = parse_rule(**{**hints, **changes})
    label, unit, met = WORDS[rule.metric]
    found = suggest(rule, Reading(label, unit, value, met))
    return found.points, found.sentence


def problems_of(hints, **changes):
    with pytest.raises(RuleError) as caught:
        parse_rule(**{**hints, **changes})
    return caught.value.problems


@pytest.mark.parametrize(
    ("area", "points", "sentence"),
    [
        ("420", "4", "用房420㎡，达到400㎡，建议得4分"),
        ("400.00", "4", "用房400㎡，达到400㎡，建议得4分"),
        ("399.99", "3", "用房399.99㎡，比400㎡少0.01㎡，建议得3分"),
        ("380", "3", "用房380㎡，比400㎡少20㎡，建议得3分"),
        ("279.5", "0", "用房279.5㎡，比400㎡少120.5㎡，建议得0分"),
        ("0", "0", "用房0㎡，比400㎡少400㎡，建议得0分"),
    ],
)
def test_steps_give_the_score_of_the_highest_bound_reached(area, points, sentence):
    """R48; 以上 includes the number itself."""
    assert suggested(PREMISES, Decimal(area)) == (Decimal(points), sentence)


@pytest.mark.parametrize(
    ("rate", "points", "sentence"),
    [
        ("16.0093", "0", "持证率16.0%，比80%低64.0个百分点，建议得0分"),
        ("60", "1.5", "持证率60.0%，比80%低20.0个百分点，建议得1.5分"),
        ("79.96", "1.5", "持证率79.96%，比80%低0.04个百分点，建议得1.5分"),
        ("80", "2", "持证率80.0%，达到80%，建议得2分"),
        ("100", "2", "持证率100.0%，达到80%，建议得2分"),
    ],
)
def test_rates_are_compared_unrounded_and_said_with_one_decimal(rate, points, sentence):
    """R32: 79.96 % rounds to 80.0 % and is still below 80 %."""
    assert suggested(RATE, Decimal(rate)) == (Decimal(points), sentence)


@pytest.mark.parametrize(
    ("missing", "points", "sentence"),
    [
        ("0", "2", "专职工作者人数已配足，建议得2分"),
        ("1", "1", "专职工作者缺额1人，建议得1分"),
        ("2", "0", "专职工作者缺额2人，建议得0分"),
        ("7", "0", "专职工作者缺额7人，建议得0分"),
    ],
)
def test_per_takes_points_for_every_one_beyond_and_stops_at_zero(missing, points, sentence):
    """R25."""
    assert suggested(STAFF, Decimal(missing)) == (Decimal(points), sentence)


@pytest.mark.parametrize(("count", "points"), [("6", "2.5"), ("5", "2.5"), ("4", "2"), ("3", "1.5"), ("0", "1.5")])
def test_cap_limits_what_per_takes(count, points):
    assert suggested(ORGANISATIONS, Decimal(count))[0] == Decimal(points)


def test_per_below_a_minimum_says_how_many_are_missing():
    assert suggested(ORGANISATIONS, Decimal(3))[1] == "社区社会组织3个，比5个少2个，建议得1.5分"
    assert suggested(ORGANISATIONS, Decimal(9))[1] == "社区社会组织9个，达到5个，建议得2.5分"


@pytest.mark.parametrize(("value", "points"), [("0.5", "1.5"), ("10", "1.5"), ("10.01", "1"), ("20", "1")])
def test_a_begun_unit_counts_in_full(value, points):
    rule = parse_rule(**{**STAFF, "note": "per=10:0.5"})
    assert rule.score(Decimal(value)) == Decimal(points)


@pytest.mark.parametrize(
    ("present", "points", "sentence"),
    [
        ({"一委", "一居", "一站", "一办"}, "2", "已设一委、一居、一站、一办，没有缺项，建议得2分"),
        ({"一居", "一委"}, "1", "已设一委、一居，缺一站、一办，建议得1分"),
        (set(), "0", "一委、一居、一站、一办均未设，建议得0分"),
    ],
)
def test_missing_takes_points_per_absent_member(present, points, sentence):
    """R7; members are named in the order of the standard."""
    assert suggested(UNITS, frozenset(present)) == (Decimal(points), sentence)


def test_missing_members_never_take_more_than_there_is():
    assert suggested(UNITS, frozenset(), note="missing=1")[0] == 0


def test_a_plain_condition_gives_full_points_or_leaves_the_deduction_to_the_officer():
    assert suggested(PARTY, True) == (Decimal(2), "已建立党组织，建议得2分")
    assert suggested(PARTY, False) == (None, "未建立党组织，未达到要求，请按评分标准扣分")
    closing = {"operator": ">=", "threshold": "90", "note": "src=seed+template(90%)"}
    assert suggested(RATE, Decimal("95.5"), **closing) == (Decimal(2), "持证率95.5%，达到90%，建议得2分")
    assert suggested(RATE, Decimal(80), **closing) == (
        None,
        "持证率80.0%，比90%低10.0个百分点，未达到要求，请按评分标准扣分",
    )


def test_unknown_is_no_suggestion():
    for hints in (PREMISES, RATE, STAFF, UNITS, PARTY):
        assert suggested(hints, None) == (None, None)
    assert suggest(parse_rule(**PREMISES), None) == NO_SUGGESTION


def test_without_what_the_item_requires_the_suggestion_is_zero():
    """4.6: no platform, no points, whatever else is known (R24, R66)."""
    rule = parse_rule(**PLATFORM)
    reading = Reading("平台功能", "", frozenset({"信息公开"}))
    requirement = {value: Reading("接入综合管理服务平台", "", value) for value in (True, False, None)}
    refused = suggest(rule, reading, requirement[False])
    assert (refused.points, refused.sentence) == (0, "未接入综合管理服务平台，建议得0分")
    assert suggest(rule, None, requirement[False]).points == 0
    assert suggest(rule, reading, requirement[None]) == NO_SUGGESTION
    assert suggest(rule, None, requirement[True]) == NO_SUGGESTION
    assert suggest(rule, reading, requirement[True]).points == Decimal("0.5")


def test_an_item_without_metric_has_no_rule():
    assert parse_rule(**NOTHING_BOUND) is None


def test_hints_are_read_and_free_remarks_left_out():
    assert read_hints("src=seed; missing=0.5; 讲话用语为民主协调，现多称民主协商") == {"src": "seed", "missing": "0.5"}
    assert read_hints("formula=4+floor(max(0,h-1000)/250)=x")["formula"] == "4+floor(max(0,h-1000)/250)=x"


@pytest.mark.parametrize(
    ("hints", "changes", "fragment"),
    [
        (PREMISES, {"operator": "=>"}, "运算符“=>”不在"),
        (PREMISES, {"operator": ""}, "须同时填写或同时留空"),
        (PREMISES, {"threshold": ""}, "须同时填写或同时留空"),
        (PREMISES, {"metric": ""}, "须同时填写或同时留空"),
        (PREMISES, {"threshold": "四百"}, "“四百”不是数字"),
        (PREMISES, {"threshold": "NaN"}, "“NaN”不是数字"),
        (PREMISES, {"threshold": "４００"}, "不是数字"),
        (PREMISES, {"note": "steps=400:4/360"}, "应写成“数值:分数”"),
        (PREMISES, {"note": "steps=400:4/x:3/0:0"}, "“x”不是数字"),
        (PREMISES, {"note": "steps=400:4/-1:3/0:0"}, "“-1”不是数字"),
        (PREMISES, {"note": "steps="}, "应写成“数值:分数”"),
        (PREMISES, {"note": "steps=400:4/320:2/360:3/0:0"}, "界限应从高到低"),
        (PREMISES, {"note": "steps=400:4/400:3/0:0"}, "不能重复"),
        (PREMISES, {"note": "steps=400:4/360:1/320:2/0:0"}, "分数应从高到低"),
        (PREMISES, {"note": "steps=400:5/0:0"}, "应等于本条分值4分"),
        (PREMISES, {"note": "steps=390:4/0:0"}, "应等于threshold的400"),
        (PREMISES, {"note": "steps=400:4/300:1"}, "最后一档的界限是300，应为0"),
        (PREMISES, {"operator": "<="}, "steps只能与>=一起使用"),
        (PREMISES, {"note": "step=400:4/0:0"}, "不认识的写法“step=”"),
        (PREMISES, {"note": "steps=400:4/0:0; per=1:1"}, "steps与per只能写一个"),
        (PREMISES, {"note": "core=1; core=0"}, "core写了不止一次"),
        (PREMISES, {"note": "missing=1"}, "missing与contains_all须同时使用"),
        (PREMISES, {"note": "cap=1"}, "cap只能与per一起使用"),
        (STAFF, {"note": "per=0:1"}, "都应大于0"),
        (STAFF, {"note": "per=1"}, "应写成“数值:分数”"),
        (STAFF, {"note": "per=1:1; cap=0"}, "cap应大于0"),
        (STAFF, {"operator": "=="}, "per只能与>=、<=一起使用"),
        (UNITS, {"note": "src=seed"}, "missing与contains_all须同时使用"),
        (UNITS, {"note": "missing=0"}, "missing应大于0"),
        (UNITS, {"threshold": "一委||一居"}, "不能有空项或重复项"),
        (UNITS, {"threshold": "一委|一委"}, "不能有空项或重复项"),
        (UNITS, {"note": "missing=0.5; require="}, "require应写明指标名"),
        (NOTHING_BOUND, {"note": "steps=1:1/0:0"}, "没有绑定指标的条目不能写steps"),
    ],
)
def test_a_rule_that_does_not_parse_is_refused_with_what_is_wrong(hints, changes, fragment):
    assert any(fragment in problem for problem in problems_of(hints, **changes))


def test_all_problems_of_a_rule_come_at_once():
    problems = problems_of(PREMISES, operator="~", threshold="x", note="stp=1; steps=400:4/y:0; cap=z")
    assert len(problems) >= 4


scores = st.decimals(min_value=0, max_value=10, places=1)
values = st.decimals(min_value=0, max_value=100_000, places=2)
full_points = st.sampled_from([Decimal(number) / 2 for number in range(1, 11)])


@st.composite
def step_rules(draw):
    """Any well-formed steps: bounds and scores descending, down to bound 0."""
    bounds = sorted(draw(st.sets(st.integers(1, 1000), min_size=1, max_size=6)), reverse=True)
    points = sorted(draw(st.lists(scores, min_size=len(bounds) + 1, max_size=len(bounds) + 1)), reverse=True)
    points[0] = max(points[0], Decimal("0.5"))
    steps = "/".join(f"{bound}:{score}" for bound, score in zip([*bounds, 0], points, strict=True))
    binding = {"metric": "premises_area_sqm", "operator": ">=", "threshold": str(bounds[0])}
    return parse_rule(**binding, note=f"steps={steps}", points=points[0])


@st.composite
def per_rules(draw):
    size, points = draw(st.integers(1, 50)), draw(full_points)
    cap = draw(st.sampled_from(["", "; cap=0.5", "; cap=3"]))
    binding = {"operator": draw(st.sampled_from([">=", "<="])), "threshold": str(draw(st.integers(0, 500)))}
    return parse_rule(metric="social_org_count", **binding, note=f"per={size}:{draw(full_points)}{cap}", points=points)


@given(rule=st.one_of(step_rules(), per_rules()), value=values)
def test_a_suggestion_never_leaves_the_range_of_the_item(rule, value):
    assert 0 <= rule.score(value) <= rule.points


@given(rule=st.one_of(step_rules(), per_rules()), value=values, more=values)
def test_a_better_value_never_scores_less(rule, value, more):
    better = value + more
    low, high = rule.score(value), rule.score(better)
    assert low <= high if rule.operator == ">=" else low >= high


@given(rule=per_rules())
def test_the_threshold_itself_scores_in_full(rule):
    assert rule.score(rule.threshold) == rule.points


@given(points=full_points, missing=full_points, present=st.sets(st.sampled_from(["一委", "一居", "一站", "一办"])))
def test_members_stay_in_range_and_one_more_never_scores_less(points, missing, present):
    rule = parse_rule(**{**UNITS, "note": f"missing={missing}", "points": points})
    score = rule.score(frozenset(present))
    assert 0 <= score <= points
    assert score <= rule.score(frozenset(present | {"一委"}))
