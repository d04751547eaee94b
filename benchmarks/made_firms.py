"""Made-up firms of any number for the benchmarks: fictional and seeded."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from saima.engine.rules import Input, Rule
from saima.files.registers import check_sign

Share = Callable[[float, float], np.ndarray]

CHUNK = 1_000_000
# Flags nearly every firm has, and flags most have; a title few have.
_SURE = ("product_allowed", "clean_", "not_on_bad_list", "no_accident")
_USUAL = ("resident_enterprise", "field_supported", "core_ip", "certified", "own_brand", "rd_body", "chain_role")


def firms(rules: Iterable[Rule], count: int, seed: int) -> dict[str, np.ndarray]:
    """One array for every input of the rules and every judged item: money in whole yuan.

    Revenue is lognormal around 30 million yuan; what depends on it (R&D, costs, income, years before) is a share of it,
    so that conditions hold for some and not for others. A fifth of all shares is rounded to whole per cent: thresholds
    are hit exactly.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    revenue = np.exp(rng.normal(np.log(3e7), 1.3, count)).round(-2)
    staff = np.maximum(1, np.exp(rng.normal(np.log(80), 1.1, count))).astype(np.int64)

    def share(low: float, high: float) -> np.ndarray:
        drawn = rng.uniform(low, high, count)
        return np.where(rng.random(count) < 0.2, drawn.round(2), drawn)

    found: dict[str, np.ndarray] = {}
    for rule in rules:
        for key, wanted in rule.inputs.items():
            if key in found:
                continue
            if wanted.unit == "flag":
                chance = 0.99 if key.startswith(_SURE) else 0.85 if key in _USUAL else 0.05
                found[key] = rng.random(count) < chance
            else:
                found[key] = _figure(key, wanted, revenue, staff, share, rng)
        if rule.points is not None and any(i.bands for i in rule.points.items):
            found |= _judged(rule, found, rng)
    return found


def _figure(
    key: str, wanted: Input, revenue: np.ndarray, staff: np.ndarray, share: Share, rng: np.random.Generator
) -> np.ndarray:
    count = len(revenue)
    if key == "staff":
        return staff
    if wanted.unit == "people":
        return (staff * share(0, 0.6)).astype(np.int64)
    if wanted.unit == "yuan":
        return np.minimum(_money(key, revenue, share, rng).round(), float(wanted.most)).astype(np.int64)
    most = min(float(wanted.most), {"years": 25, "count": 7, "share": 0.4}.get(wanted.unit, float(wanted.most)))
    unit = 10**wanted.decimals
    drawn = rng.integers(int(wanted.least * unit), int(most * unit) + 1, count)
    return drawn / unit if wanted.decimals else drawn


def _money(key: str, revenue: np.ndarray, share: Share, rng: np.random.Generator) -> np.ndarray:
    count = len(revenue)
    if key in {"revenue", "sales", "total_income"}:
        return revenue
    if key == "sales_3y":
        return revenue * 2.7
    if key == "rd_china_3y":
        return revenue * 2.7 * share(0, 0.12) * share(0.3, 1)
    if key == "rd_spend_3y":
        return revenue * 2.7 * share(0, 0.12)
    if key.startswith("rd_"):
        return revenue * share(0, 0.12)
    if key.startswith("equity"):
        return np.where(rng.random(count) < 0.1, revenue * share(0, 1), 0)
    if key[-2:] in {"_1", "_2", "_3", "_4"}:
        return revenue / (1 + share(-0.2, 0.5)) ** int(key[-1])
    return revenue * share(0.2, 1.1)


def _judged(rule: Rule, found: Mapping[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A judge's whole number inside the band each firm's figures lead to, by the preset's own bounds."""
    by = {
        "ip_technical_level": found["ip_level"],
        "ip_core_support": found["ip_support"],
        "ip_number": np.where(found["ip_class_1"] >= 1, 6, np.minimum(found["ip_class_2"], 5)),
        "ip_way": np.where(found["ip_developed"], 2, np.where(found["ip_acquired"], 1, 0)),
        "ip_standards": found["standards_work"].astype(np.int64),
        "conversions_a_year": found["conversions_3y"] / 3,
    }
    judged = {}
    for item in (i for i in (rule.points.items if rule.points else ()) if i.bands):
        reached = [by[item.id] >= float(b.start) for b in item.bands if b.start is not None]
        ends = [(b.least, b.most) for b in item.bands]
        low = np.select(reached, [e[0] for e in ends[:-1]], ends[-1][0])
        high = np.select(reached, [e[1] for e in ends[:-1]], ends[-1][1])
        judged[item.judged] = rng.integers(low, high + 1)
    return judged


def write_parquet(rules: Iterable[Rule], count: int, folder: Path, seed: int = 4) -> None:
    """The firms as Parquet files of at most a million rows, ``firms-*.parquet``."""
    rules = list(rules)
    for n, start in enumerate(range(0, count, CHUNK)):
        table = pl.DataFrame(firms(rules, min(CHUNK, count - start), seed + n))
        table.write_parquet(folder / f"firms-{n:03}.parquet", compression="lz4")


def listed(count: int, places: int, seed: int = 5) -> bytes:
    """A register as bureaus send it, a CSV of so many lines in ten thousand yuan: codes with spaces, wide or wrong,
    firms that stand twice, dashes for nothing, hundreds of millions among the ten thousands, words among figures."""
    rng = np.random.Generator(np.random.PCG64(seed))
    lot, place = rng.random(count), rng.integers(0, places, count)
    revenue = np.exp(rng.normal(np.log(3_000), 1.3, count)).round(2)
    spend, staff = (revenue * rng.uniform(0, 0.12, count)).round(2), rng.integers(1, 400, count)
    lines = [
        "企业名称,统一社会信用代码,所属园区,成立日期,2025年营业收入（万元）,2025年研发费用（万元）,2025年职工总数（人）"
    ]
    rows = zip(lot.tolist(), place.tolist(), revenue.tolist(), spend.tolist(), staff.tolist(), strict=True)
    for n, (chance, at, sales, cost, people) in enumerate(rows):
        number = n - 7 if 0.01 < chance < 0.02 and n > 7 else n  # stands again, a few lines below
        code, name = code_of(number), f"虚构{number * 7919 % 10_000_019:08d}科技有限公司"
        said = f"{sales:.2f}"
        if chance < 0.01:  # one of a hundred lines is odd in one way or another
            match n % 5:
                case 0:
                    code = code[:-1] + ("0" if code[-1] != "0" else "1")
                case 1:
                    code = f"{code[:8]} {code[8:]}".lower()
                case 2:
                    code = code.translate(_WIDE)
                case 3:
                    said = f"约{said}"
                case _:
                    said = f"{sales / 10_000:.4f}亿元"
        elif chance > 0.97:
            said = "—"
        day = f"20{10 + n % 14}-{1 + n % 12:02}-{1 + n % 28:02}"
        lines.append(f"{name},{code},{zone_of(at)},{day},{said},{cost:.2f},{people}")
    return "\n".join(lines).encode()


_WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY"}


def zone_of(number: int) -> str:
    """The name of a zone, of a dozen."""
    return f"{'甲乙丙丁戊己庚辛壬癸子丑'[number % 12]}溪园区"


def code_of(number: int) -> str:
    """A code of nobody: its place is not in use."""
    first = f"919999{number:011d}"
    return first + check_sign(first)
