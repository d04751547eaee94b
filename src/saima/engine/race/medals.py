"""The medal table: firsts, seconds and thirds over indicators, for seasons without a composite and beside one."""

from bisect import bisect_left
from collections.abc import Mapping

from saima.engine.model.evaluation import Medals
from saima.engine.model.season import Season


def medal_table(season: Season, ranks: Mapping[str, Mapping[str, int]]) -> tuple[Medals, ...]:
    """Count medals and rank by gold, then silver, then bronze.

    Parameters
    ----------
    ranks : indicator code -> contestant code -> rank, 1 = best, ties sharing the smaller one; 0 = took part without
        a place. Everybody named in any indicator stands in the table. With classes apart the ranks are taken again
        within each class, so ranks over all and ranks within classes give one table.

    Returns
    -------
    Classes in the season's order, best first; who has the same medals shares the smaller rank.

    Notes
    -----
    docs/method/medals.md. Two contestants that share first both get gold, and the next one bronze.
    """
    at = {c.code: n for n, c in enumerate(season.contestants)}
    named = sorted({c for places in ranks.values() for c in places}, key=at.__getitem__)
    apart = season.rank_classes == "apart"
    class_of = {c: season.contestant[c].class_code if apart else "" for c in named}
    won: dict[str, list[int]] = {c: [0, 0, 0] for c in named}
    for places in ranks.values():
        for code in set(class_of.values()):
            inside = {c: r for c, r in places.items() if r > 0 and class_of[c] == code}
            places_won = sorted(inside.values())
            for contestant, rank in inside.items():
                place = bisect_left(places_won, rank)
                if place < 3:
                    won[contestant][place] += 1
    order = {c.code: n for n, c in enumerate(season.classes)}
    lacking = {
        code: sorted([-m for m in won[c]] for c in named if class_of[c] == code) for code in set(class_of.values())
    }
    table = [
        Medals(c, class_of[c], 1 + bisect_left(lacking[class_of[c]], [-m for m in won[c]]), *won[c]) for c in named
    ]
    return tuple(sorted(table, key=lambda m: (order.get(m.class_code, -1), m.class_code, m.rank, at[m.contestant])))
