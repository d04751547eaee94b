"""Scores, places and lights once more, slowly, from docs/method alone: one number at a time, no arrays.

Nothing of ``saima.engine.race`` is used, so whatever both agree on was written twice. Project and weak-spot races,
drawn statistics, projection and findings are not evaluated here.
"""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import pairwise

ADDS_UP = ("cumulative", "count")
IN_FULL = ("level", "growth", "share")
WAITING = ("late", "unverified", "rejected")


class NoScore(Exception):  # noqa: N818 - a refusal is not an error of the program
    """What docs/method says is refused: names the step."""


# ---- the cut: docs/method/evaluate.md, step 2 -----------------------------------------------------------------------


def cut(rows, corrections, period, known_at):
    """{(contestant, indicator, period): (state, figure or None)} of what is known."""
    latest = {}
    for row in rows:
        if row.period > period or (known_at is not None and row.recorded_at > known_at):
            continue
        here = row.contestant, row.indicator, row.period
        if here not in latest or row.revision > latest[here].revision:
            latest[here] = row
    found = {}
    for here, row in latest.items():
        if row.state != "withdrawn":
            counts = row.state in ("verified", "reported") and row.value.strip()
            found[here] = row.state, float(row.value) if counts else None
    for c in sorted(corrections, key=lambda c: c.recorded_at):
        if c.period > period or (known_at is not None and c.recorded_at > known_at):
            continue
        here = c.contestant, c.indicator, c.period
        if c.action == "set":
            found[here] = "verified", float(c.value)
            continue
        if found.get(here, ("", None))[1] is None:
            raise NoScore("correction")
        if c.action == "move":
            found[c.contestant, c.to_indicator, c.period] = found[here]
        del found[here]
    return found


# ---- completion, due, pace: docs/method/pace.md ---------------------------------------------------------------------


def due_share(season, indicator, period):
    if indicator.due_months and period.last_month not in indicator.due_months:
        return None
    span = season.targets_cover
    if indicator.curve:
        (curve,) = (c for c in season.curves if c.code == indicator.curve)
        share = max((s for at, s in curve.shares if at <= period), default=0.0)
    elif period < span.first:
        share = 0.0
    elif period > span.last or indicator.measure in IN_FULL:
        share = 1.0
    else:
        share = (period - span.first + 1) / (span.last - span.first + 1)
    return share or None


def completion(indicator, x, target, baseline, due):
    if x is None:
        return None
    if indicator.measure == "completion":
        return x / 100
    if indicator.measure == "yes-no":
        return x if indicator.better == "higher" else 1 - x
    if target is None:
        return None
    b = 0.0 if baseline is None else baseline
    if indicator.better == "higher":
        return (x - b) / (target - b)
    if indicator.measure in ADDS_UP:
        return None if due is None else 2 * due - (x - b) / (target - b)
    if baseline is not None:
        return (baseline - x) / (baseline - target)
    return target / x if x > 0 else None


# ---- score rules: docs/method/scores.md -----------------------------------------------------------------------------


def clip(x, low, high):
    return min(max(x, low), high)


def line(x, low, high, out_low=0.0, out_high=100.0):
    return clip(
        out_low + (out_high - out_low) * (x - low) / (high - low), min(out_low, out_high), max(out_low, out_high)
    )


def table(steps, x):
    if x <= steps[0][0]:
        return steps[0][1]
    for (a, p), (b, q) in pairwise(steps):
        if x <= b:
            return p + (q - p) * (x - a) / (b - a)
    return steps[-1][1]


def by_itself(rule, indicator, x, c, due, target, baseline, late):
    """Score under a rule that does not read the others."""
    p = dict(rule.params)
    read = {"value": x, "completion": c, "pace": None if c is None else c / due}[rule.on]
    if read is None or (c is None and rule.rule in ("completion", "pace", "milestone", "pro_rata")):
        raise NoScore("no completion")
    match rule.rule:
        case "completion" | "pace":
            share = c if rule.rule == "completion" else c / due
            credit = min(share, 1.0) + p.get("over_slope", 1.0) * max(share - 1.0, 0.0)
            return p.get("full", 100.0) * clip(credit, p.get("floor", 0.0), p.get("cap", 1.0))
        case "goalposts":
            return line(
                x,
                p.get("low", indicator.low),
                p.get("high", indicator.high),
                p.get("out_low", 0.0),
                p.get("out_high", 100.0),
            )
        case "efficacy":
            low, high = p.get("low", indicator.low), p.get("high", indicator.high)
            return clip(
                p.get("base", 60.0) + p.get("span", 40.0) * (x - low) / (high - low),
                p.get("floor", 0.0),
                p.get("cap", 100.0),
            )
        case "points_per_unit":
            return clip(p["points"] * x, p.get("floor", 0.0), p["cap"])
        case "table":
            return table(rule.steps, read)
        case "bands":
            reached = [points for at, points in rule.steps if at <= round(read, 12)]
            return reached[-1] if reached else p.get("below", 0.0)
        case "growth":
            grown = 100 * (x - baseline) / (baseline + p.get("small_base", 0.0))
            return line(grown, p["low"], p["high"], p.get("out_low", 0.0), p.get("out_high", 100.0))
        case "milestone":
            reached = p.get("full", 100.0) * (p.get("late", 0.5) if late else 1.0)
            return reached if round(c, 12) >= 1 else 0.0
        case "pro_rata":
            return clip(p["full"] * c, p.get("floor", 0.0), p["full"] + p.get("bonus_cap", 0.0))
        case "deduction":
            short = target - x if indicator.better == "higher" else x - target
            return max(p["full"] - p["per_unit"] * max(short, 0.0), p.get("floor", 0.0))
        case "given":
            return x


def among_others(rule, indicator, x, others):
    """Score under a rule that reads the figures of the ranked contestants."""
    p = dict(rule.params)
    sign = 1 if indicator.better == "higher" else -1
    own, sample = sign * x, [sign * o for o in others]
    worse = sum(1 for o in sample if round(o, 12) < round(own, 12))
    equal = len({round(o, 12) for o in sample}) < 2
    match rule.rule:
        case "min_max":
            low, high = p.get("out_low", 0.0), p.get("out_high", 100.0)
            return (low + high) / 2 if equal else line(own, min(sample), max(sample), low, high)
        case "z_score":
            if equal:
                return 0.0
            mean = math.fsum(sample) / len(sample)
            return (own - mean) / math.sqrt(math.fsum((o - mean) ** 2 for o in sample) / (len(sample) - 1))
        case "percentile":
            most = p.get("out_high", 100.0)
            return 0.0 if equal else min(most, most * worse / (len(sample) - 1))
        case "borda":
            return float(worse)
        case "distance_to_leader":
            full = p.get("full", 100.0)
            if equal:
                return full
            best = max(others) if sign > 0 else min(others)
            if best <= 0 or (sign < 0 and x <= 0):
                raise NoScore("no distance to a leader at or below 0")
            return full * (x / best if sign > 0 else best / x)


RELATIVE = ("min_max", "z_score", "percentile", "borda", "distance_to_leader")


# ---- the whole ------------------------------------------------------------------------------------------------------


class Reference:
    """``cells`` {(contestant, indicator): {...}}, ``nodes`` {(contestant, node): {...}}, ``ranks`` {scope: {...}}."""

    def __init__(self, season, rows, period, known_at=None, corrections=(), given_scores=()):
        self.season, self.period = season, period
        self.figures = cut(rows, corrections, period, known_at)
        self.codes = [c.code for c in season.contestants]
        self.scored = [i for i in season.indicators if i.role == "scored"]
        self.racing = {c.code: c.races_in(period) for c in season.contestants}
        self.placed = {c.code for c in season.contestants if c.ranked and self.racing[c.code]}
        self.given = {
            (g.contestant, g.node): g.score
            for g in sorted(given_scores, key=lambda g: g.recorded_at)
            if g.period == period and (known_at is None or g.recorded_at <= known_at)
        }
        self.cells = {
            (c, i.code): self.cell(c, i) for i in season.indicators if i.role != "denominator" for c in self.codes
        }
        for i in self.scored:
            self.score_column(i)
        self.nodes, self.used = {}, {}
        tops = [n for n in season.nodes if not n.parent]
        for node in tops:
            self.join(node)
        for node in tops:
            for c in self.codes:
                self.share_out(node, c, 1.0, 1.0)
        self.ranks = self.places()

    # -- one cell

    def counts(self, contestant, indicator, period):
        state, figure = self.figures.get((contestant, indicator, period), ("", None))
        good = ("verified",) if self.season.counts == "verified" else ("verified", "reported")
        return figure if state in good else None

    def target(self, contestant, indicator):
        """Target and baseline: a row of one's own before one for everybody."""
        own = [t for t in self.season.targets if t.indicator == indicator.code and t.contestant in (contestant, "*")]
        row = max(own, key=lambda t: t.contestant != "*", default=None)
        target, baseline = (None, None) if row is None else (row.target, row.baseline)
        if indicator.measure == "completion":
            target = 100.0
        if indicator.measure == "yes-no":
            target = 1.0 if indicator.better == "higher" else 0.0
        return target, baseline

    def divided(self, contestant, indicator, x, *, missing=False):
        """After the denominator; a present figure without one is refused, an earlier one stays missing."""
        if x is None or not indicator.denominator:
            return x
        known = sorted(
            p
            for c, i, p in self.figures
            if (c, i) == (contestant, indicator.denominator) and p <= self.period and self.counts(c, i, p) is not None
        )
        under = self.counts(contestant, indicator.denominator, known[-1]) if known else None
        if under is None or under <= 0:
            if missing:
                return None
            raise NoScore("denominator")
        return x / under * indicator.per

    def cell(self, contestant, indicator):
        season, at = self.season, self.period
        due = due_share(season, indicator, at)
        if due is None and indicator.when_not_due == "hold":
            earlier = [p for p in season.window if p < at and due_share(season, indicator, p) is not None]
            if earlier:
                at = earlier[-1]
                due = due_share(season, indicator, at)
        state, _ = self.figures.get((contestant, indicator.code, at), ("", None))
        figure = self.counts(contestant, indicator.code, at)
        (who,) = (c for c in season.contestants if c.code == contestant)
        applies = not indicator.applies_to or set(who.tags) & set(indicator.applies_to)
        if not self.racing[contestant]:
            status = "not_applicable"
        elif due is None and (indicator.role == "scored" or figure is None):
            status = "not_due"
        elif figure is not None:
            status = "present"
        elif not applies or state == "not_applicable":
            status = "not_applicable"
        else:
            status = {"rejected": "rejected", "reported": "unverified"}.get(state, "late")
        if status != "present":
            figure = None
        if status in ("not_due", "not_applicable"):
            due = None
        x = self.divided(contestant, indicator, figure)
        target, baseline = self.target(contestant, indicator)
        done = completion(indicator, x, target, baseline, due) if due is not None else None
        return {
            "status": status,
            "value": figure,
            "x": x,
            "due": due,
            "completion": done,
            "target": target,
            "baseline": baseline,
            "pace": done / due if done is not None and due is not None else None,
            "light": self.light(status, done, due, target),
            "score": None,
            "weight": 0.0,
            "contribution": 0.0,
        }

    def light(self, status, done, due, target):
        if due is None or target is None:
            return "none"
        if status != "present":
            return "red"
        if done is None:
            return "none"
        return "green" if round(done, 12) >= round(self.season.light_from * due, 12) else "red"

    def carried(self, contestant, indicator):
        """The last figure that counted inside the span the targets cover and the window."""
        first = max(self.season.targets_cover.first, self.season.window.first)
        known = sorted(
            p
            for c, i, p in self.figures
            if (c, i) == (contestant, indicator.code) and first <= p < self.period and self.counts(c, i, p) is not None
        )
        return self.counts(contestant, indicator.code, known[-1]) if known else None

    def score_column(self, indicator):
        (rule,) = (r for r in self.season.score_rules if r.code == indicator.score)
        carries = self.policy(indicator.node) == "carry_forward"
        figures = {}
        for c in self.codes:
            cell = self.cells[c, indicator.code]
            x = cell["x"]
            if carries and cell["status"] in WAITING:
                x = self.divided(c, indicator, self.carried(c, indicator), missing=True)
            if x is not None:
                figures[c] = x
        shown = {c: self.transformed(indicator, x) for c, x in figures.items()}
        sample = [shown[c] for c in figures if c in self.placed]
        for c, x in figures.items():
            cell = self.cells[c, indicator.code]
            if rule.rule in RELATIVE:
                cell["score"] = among_others(rule, indicator, shown[c], sample)
                continue
            done = completion(indicator, x, cell["target"], cell["baseline"], cell["due"])
            late = rule.rule == "milestone" and self.reached_late(c, indicator)
            cell["score"] = by_itself(
                rule, indicator, shown[c], done, cell["due"], cell["target"], cell["baseline"], late
            )

    def transformed(self, indicator, x):
        if indicator.transform == "none":
            return x
        if x < 0 or (x == 0 and indicator.transform == "log"):
            raise NoScore("transform")
        return math.log(x) if indicator.transform == "log" else math.sqrt(x)

    def reached_late(self, contestant, indicator):
        """Not by the period in which it first fell due in full."""
        season = self.season
        in_full = [p for p in season.window if due_share(season, indicator, p) == 1]
        if not in_full or self.period <= in_full[0]:
            return False
        target, baseline = self.target(contestant, indicator)
        for p in season.window:
            x = self.divided(contestant, indicator, self.counts(contestant, indicator.code, p), missing=True)
            done = completion(indicator, x, target, baseline, 1.0)
            if p <= in_full[0] and done is not None and round(done, 12) >= 1:
                return False
        return True

    # -- the tree: docs/method/tree.md

    def policy(self, code):
        while code:
            (node,) = (n for n in self.season.nodes if n.code == code)
            if node.missing is not None:
                return node.missing
            code = node.parent
        return self.season.missing

    def children(self, node):
        inner = [n for n in self.season.nodes if n.parent == node.code]
        return [i for i in self.scored if i.node == node.code], inner

    def join(self, node):
        season = self.season
        leaves, inner = self.children(node)
        for n in inner:
            self.join(n)
        policy = self.policy(node.code)
        members = []
        for k, child in enumerate([*leaves, *inner]):
            row = {"key": k, "weight": child.weight, "child": child, "score": {}, "there": {}, "out": {}}
            for c in self.codes:
                if k < len(leaves):
                    cell = self.cells[c, child.code]
                    row["out"][c] = cell["status"] in ("not_due", "not_applicable")
                    row["score"][c] = None if row["out"][c] else cell["score"]
                    row["there"][c] = float(cell["status"] == "present")
                else:
                    below = self.nodes[c, child.code]
                    row["out"][c] = below["out"]
                    row["score"][c] = None if row["out"][c] else below["score"]
                    row["there"][c] = below["available"] if below["score"] is not None else 0.0
            members.append(row)
        for c in self.codes:
            due = [m for m in members if not m["out"][c]]
            have = math.fsum(m["weight"] * m["there"][c] for m in due)
            available = have / math.fsum(m["weight"] for m in due) if due else 0.0
            entering = []
            for m in due:
                score = m["score"][c]
                if score is None and policy != "exclude":
                    score = self.class_mean(m, c) if policy == "class_mean" else season.floor_score
                if score is not None:
                    entering.append((m, score))
            total = self.aggregate(node, entering)
            least = node.minimum_share
            if least is None and not node.parent:
                least = season.minimum_share
            if least and round(available, 12) < least:
                total = None
            taken = (c, node.code) in self.given
            if taken:
                total, available = self.given[c, node.code], 1.0
            self.nodes[c, node.code] = {
                "score": total,
                "available": available,
                "taken": taken,
                "entering": entering,
                "out": not due and not taken,
                "weight": 0.0,
                "contribution": 0.0,
            }

    def class_mean(self, member, contestant):
        of = {c.code: c.class_code for c in self.season.contestants}
        there = {c: s for c, s in member["score"].items() if s is not None and c in self.placed}
        own = [s for c, s in there.items() if of[c] == of[contestant]] or list(there.values())
        return math.fsum(own) / len(own) if own else None

    def aggregate(self, node, entering):
        if not entering:
            return None
        how, power = node.aggregate, node.power
        if how == "power" and power == 0:
            how = "geometric"
        scores = [s for _, s in entering]
        whole = math.fsum(m["weight"] for m, _ in entering)
        shares = [m["weight"] / whole for m, _ in entering]
        strict = how == "geometric" or (how == "power" and power < 0)
        if (strict and min(scores) <= 0) or (how == "power" and power != 1 and min(scores) < 0):
            raise NoScore("not positive")
        match how:
            case "arithmetic":
                return math.fsum(w * y for w, y in zip(shares, scores, strict=True))
            case "geometric":
                return math.exp(math.fsum(w * math.log(y) for w, y in zip(shares, scores, strict=True)))
            case "power":
                return math.fsum(w * y**power for w, y in zip(shares, scores, strict=True)) ** (1 / power)
            case "minimum":
                return min(scores)

    def share_out(self, node, c, points, weight, entered=None):
        """Effective weights and contributions, from the top down; ``points`` of the top score per point of the node.

        ``entered`` is what stood for the node in its parent: a node without a score carries what was put in for it.
        """
        here = self.nodes[c, node.code]
        total = here["score"]
        here["weight"] = weight
        here["contribution"] = ((total if entered is None else entered) or 0.0) * points
        leaves, inner = self.children(node)
        slopes, shares = {}, {}
        if not here["taken"] and here["entering"]:
            whole = math.fsum(m["weight"] for m, _ in here["entering"])
            lowest = [m["key"] for m, s in here["entering"] if s == min(s for _, s in here["entering"])]
            for m, y in here["entering"]:
                w = m["weight"] / whole
                shares[m["key"]] = w
                slopes[m["key"]] = self.slope(node, w, y, total, m["key"] in lowest, len(lowest))
        for k, child in enumerate([*leaves, *inner]):
            y = next((s for m, s in here["entering"] if m["key"] == k), None)
            if k < len(leaves):
                cell = self.cells[c, child.code]
                cell["used"] = y
                cell["weight"] = weight * shares.get(k, 0.0)
                cell["contribution"] = points * slopes.get(k, 0.0) * (y or 0.0)
            else:
                self.share_out(child, c, points * slopes.get(k, 0.0), weight * shares.get(k, 0.0), y)

    def slope(self, node, w, y, total, lowest, of):
        how, power = node.aggregate, node.power
        if total is None:
            return 0.0
        if how == "power" and power == 0:
            how = "geometric"
        if how == "arithmetic":
            return w
        if how == "minimum":
            return 1 / of if lowest else 0.0
        if y == 0 or total == 0:
            return 0.0
        return w * total / y if how == "geometric" else w * y ** (power - 1) * total ** (1 - power)

    # -- places: docs/method/standings.md

    def places(self):
        season = self.season
        scope = {n.code: "overall" if n.kind == "overall" else f"{n.kind}:{n.code}" for n in season.nodes}
        columns = {scope[n.code]: {c: self.nodes[c, n.code]["score"] for c in self.codes} for n in season.nodes}
        for i in self.scored:
            columns[f"indicator:{i.code}"] = {c: self.cells[c, i.code]["score"] for c in self.codes}
        breakers = [columns[name] for name in season.tie_breakers if name in columns]
        return {name: self.ranked(column, breakers if name == "overall" else []) for name, column in columns.items()}

    def ranked(self, column, breakers):
        """Rank of who has one: how many of the same class stand before it, plus one."""
        apart = {c.code: c.class_code if self.season.rank_classes == "apart" else "" for c in self.season.contestants}
        keys = {
            c: [self.rounded(score), *(self.rounded(b[c]) for b in breakers)]
            for c, score in column.items()
            if score is not None and c in self.placed
        }
        return {
            c: 1 + sum(1 for o, other in keys.items() if apart[o] == apart[c] and other > key)
            for c, key in keys.items()
        }

    def rounded(self, score):
        """Half up on the decimal text of the number; nothing is worse than any number."""
        if score is None:
            return (0, Fraction(0))
        step = Decimal(1).scaleb(-self.season.decimals)
        return (1, Fraction(Decimal(f"{score:.15g}").quantize(step, ROUND_HALF_UP, Context(prec=400))))
