"""Parts of pages that are rendered once: told apart by what they say and in which language, and never too many."""

from django.utils.translation import override

from saima.server.kit.rendered import Kept, part


def test_a_part_is_rendered_once_for_each_key_and_language():
    asked = []

    def context():
        asked.append(1)
        return {"page": None}

    with override("en"):
        first = [part("kit/parts/track_key.html", "a part's key", context) for _ in range(3)]
    with override("zh-hans"):
        second = part("kit/parts/track_key.html", "a part's key", context)

    assert len(asked) == 2
    assert first[0] == first[1] == first[2] != second


def test_a_part_knows_nobody():
    with override("en"):
        made = part("site/home/visitor.html", "knows nobody", dict)

    assert "csrf" not in made
    assert "/accounts/login/" in made


def test_what_was_asked_for_least_recently_goes_first():
    kept = Kept(most=10)
    kept.put("a", "aaaa")
    kept.put("b", "bbbb")
    kept.get("a")
    kept.put("c", "cccc")

    assert [kept.get(k) for k in "abc"] == ["aaaa", None, "cccc"]
    assert kept.letters == 8


def test_a_text_larger_than_all_is_not_kept():
    kept = Kept(most=3)
    kept.put("a", "aaaa")

    assert kept.get("a") is None
    assert kept.letters == 0
