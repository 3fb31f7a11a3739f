"""How units are drawn: sizes exact, order of no account, the seed decides, anyone can draw again (R75, R79)."""

import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.sampling.method import (
    Unit,
    allocation,
    drawn_codes,
    frame_digest,
    group_size,
    order_key,
    sizes_by,
    successors,
)
from assessment.sampling.record import Line, Record, Swap, UnreadableRecord, from_json, verify

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/sampling.md"
KINDS = st.tuples(
    st.sampled_from(["urban", "rural"]),
    st.sampled_from(["new", "named"]),
    st.sampled_from(["湖塘镇", "牛塘镇", "雪堰镇"]),
)
FRAMES = st.lists(KINDS, min_size=1, max_size=60).map(
    lambda kinds: [
        Unit(f"320412{number:06d}", f"第{number}社区", town, category, standing)
        for number, (category, standing, town) in enumerate(kinds, start=1)
    ]
)
RATIOS = st.decimals(min_value="0.01", max_value=100, places=2)
SEEDS = st.text(min_size=4, max_size=20, alphabet=st.characters(exclude_categories=["Cs", "Cc"]))


def units(number: int, *, town: str = "湖塘镇", category: str = "urban", standing: str = "new", first: int = 1) -> list:
    return [Unit(f"{first + one:012d}", f"社区{first + one}", town, category, standing) for one in range(number)]


def test_the_key_is_sha256_of_seed_line_feed_and_code():
    """Written from docs/sampling.md and not from the code."""
    assert order_key("见证2012", "320412001001") == sha256("见证2012\n320412001001".encode()).hexdigest()


def test_the_digest_is_that_of_the_documents_text():
    one = Unit("320412001002", "聚湖社区", "湖塘镇", "urban", "new")
    two = Unit("320412001001", "银荡村", "湖塘镇", "rural", "named")
    text = "2012\tcity\t30.00\n320412001001\t银荡村\t湖塘镇\trural\tnamed\n320412001002\t聚湖社区\t湖塘镇\turban\tnew\n"
    found = frame_digest(year=2012, stage="city", ratio=Decimal(30), units=[one, two])
    assert found == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("ratio", "population", "number"),
    [("30", 10, 3), ("30", 11, 4), ("0.01", 1, 1), ("100", 7, 7), ("33.33", 3, 1), ("33.34", 3, 2), ("30", 0, 0)],
)
def test_a_share_is_rounded_up_and_never_nothing(ratio, population, number):
    assert group_size(Decimal(ratio), population) == number


@given(FRAMES, RATIOS, SEEDS, st.randoms(use_true_random=False))
def test_order_of_input_does_not_matter_and_the_same_seed_draws_the_same(frame, ratio, seed, chance):
    mixed = list(frame)
    chance.shuffle(mixed)
    assert drawn_codes(seed, ratio, frame) == drawn_codes(seed, ratio, mixed)
    digests = {frame_digest(year=2012, stage="city", ratio=ratio, units=each) for each in (frame, mixed)}
    assert len(digests) == 1


@given(FRAMES, RATIOS, SEEDS)
def test_every_group_gets_exactly_its_number_and_every_town_its_proportion(frame, ratio, seed):
    drawn = drawn_codes(seed, ratio, frame)
    assert drawn <= {unit.code for unit in frame}
    sample = [unit for unit in frame if unit.code in drawn]
    populations, numbers = Counter(unit.group for unit in frame), Counter(unit.group for unit in sample)
    assert set(numbers) == set(populations)
    for group, population in populations.items():
        assert numbers[group] == ceil(Fraction(ratio) * population / 100) >= 1
    strata, got = Counter(unit.stratum for unit in frame), Counter(unit.stratum for unit in sample)
    for stratum, size in strata.items():
        proportion = Fraction(numbers[stratum.group] * size, populations[stratum.group])
        assert abs(got[stratum] - proportion) < 1
        assert got[stratum] <= size
    assert allocation(seed, ratio, sizes_by(frame)) == {stratum: got[stratum] for stratum in strata}


@given(FRAMES, RATIOS, SEEDS)
def test_within_a_stratum_nobody_with_a_lower_key_is_left_out(frame, ratio, seed):
    drawn = drawn_codes(seed, ratio, frame)
    for stratum in {unit.stratum for unit in frame}:
        keys = {True: [], False: []}
        for unit in frame:
            if unit.stratum == stratum:
                keys[unit.code in drawn].append(order_key(seed, unit.code))
        assert not keys[True] or not keys[False] or max(keys[True]) < min(keys[False])


def test_different_seeds_draw_different_units():
    frame = units(60)
    draws = {frozenset(drawn_codes(f"seed{number}", Decimal(30), frame)) for number in range(20)}
    assert len(draws) == 20


def test_every_unit_has_the_same_chance():
    """10 of 20, drawn with 400 seeds: each unit about 200 times; 5 standard deviations are 50."""
    frame, times = units(20), Counter()
    for number in range(400):
        times.update(drawn_codes(f"seed{number}", Decimal(50), frame))
    assert all(150 < times[unit.code] < 250 for unit in frame)


def test_what_is_even_between_towns_is_settled_by_the_seed_not_by_the_order_of_towns():
    frame = [*units(5, town="湖塘镇"), *units(5, town="牛塘镇", first=11)]
    got = {
        next(one.town for one, number in allocation(f"seed{n}", Decimal(10), sizes_by(frame)).items() if number)
        for n in range(20)
    }
    assert got == {"湖塘镇", "牛塘镇"}


def test_a_successor_is_next_in_the_town_then_in_the_group_and_was_never_drawn():
    frame = [*units(4), *units(3, town="牛塘镇", first=11), *units(3, town="湖塘镇", category="rural", first=21)]
    seed, removed = "20121118", frame[0]
    found = successors(seed, removed, frame, {removed.code, frame[1].code})
    home = sorted(frame[2:4], key=lambda unit: order_key(seed, unit.code))
    away = sorted(frame[4:7], key=lambda unit: order_key(seed, unit.code))
    assert found == [*home, *away]


# --- checking a draw -----------------------------------------------------------------------------------------------
def record(frame: list[Unit], ratio: Decimal, seed: str) -> Record:
    drawn = drawn_codes(seed, ratio, frame)
    lines = tuple(Line(unit, order_key(seed, unit.code), unit.code in drawn) for unit in frame)
    digest = frame_digest(year=2012, stage="province", ratio=ratio, units=frame)
    return Record(2012, "province", ratio, seed, digest, lines)


@given(FRAMES, RATIOS, SEEDS)
def test_an_honest_record_verifies_and_survives_its_file(frame, ratio, seed):
    made = record(frame, ratio, seed)
    assert [one for one in verify(made) if one.differences] == []
    assert from_json(made.as_json()) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"year": 1}',
        "甲",
        '{"year": "x"}',
        '{"ratio": "甲"}',
        '{"year": 1, "stage": "city", "ratio": "NaN"}',
    ],
)
def test_a_file_that_is_no_record_is_told_so(text):
    with pytest.raises(UnreadableRecord, match="抽样框"):
        from_json(text)


def test_a_replacement_of_nobody_or_by_a_chosen_unit_is_found():
    frame = units(10)
    made = record(frame, Decimal(20), "20121118")
    out = next(line.unit for line in made.lines if line.drawn)
    queue = successors("20121118", out, frame, {line.unit.code for line in made.lines if line.drawn})
    swaps = (Swap("999999999999", queue[0].code), Swap(out.code, queue[1].code))
    found = [text for one in verify(Record(**{**vars(made), "swaps": swaps})) for text in one.differences]
    assert any("999999999999不在样本中" in text for text in found)
    assert any(f"应由{queue[0].code}顺延" in text for text in found)


# --- the document --------------------------------------------------------------------------------------------------
def program_of_the_document(folder: Path) -> Path:
    text = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    path = folder / "draw.py"
    path.write_text(text[1])
    return path


def test_the_documents_program_draws_the_same_units(tmp_path):
    frame = [
        unit
        for number, (town, category, standing) in enumerate(
            (town, category, standing)
            for town in ("湖塘镇", "牛塘镇", "雪堰镇")
            for category in ("urban", "rural")
            for standing in ("new", "named")
        )
        for unit in units(3 + number, town=town, category=category, standing=standing, first=100 * number)
    ]
    program = program_of_the_document(tmp_path)
    for number, ratio in enumerate(["30", "12.5", "7.77"]):
        made = record(frame, Decimal(ratio), f"见证{number}号")
        (tmp_path / "frame.json").write_text(made.as_json())
        command = [sys.executable, str(program), str(tmp_path / "frame.json")]
        printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
        assert set(printed) == {line.unit.code for line in made.lines if line.drawn}
        assert len(printed) == len(set(printed))
