"""HTML as nested calls: everything is escaped unless it is already Html, so no typed text can become markup."""

from collections.abc import Iterable
from html import escape
from typing import Final

_VOID: Final = frozenset({"meta", "br", "hr"})


class Html(str):
    """Markup that is safe as it stands."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]


def markup(*children: Child) -> Html:
    """Children one after the other: None is nothing, lists are opened, text is escaped."""
    return Html("".join(_said(c) for c in children))


def _said(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, (str, int)):
        return escape(str(child))
    return "".join(_said(c) for c in child)


def el(tag: str, *children: Child, **attributes: str | float | bool | None) -> Html:
    """One element. ``class_`` is class, ``aria_label`` aria-label; None and False attributes are left out.

    Examples
    --------
    >>> el("p", "a < b", class_="note", hidden=True)
    '<p class="note" hidden>a &lt; b</p>'
    """
    said = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        said.append(f" {key}" if value is True else f' {key}="{escape(str(value))}"')
    head = f"<{tag}{''.join(said)}>"
    return Html(head) if tag in _VOID and not children else Html(f"{head}{markup(*children)}</{tag}>")


def column(label: Child, kind: str = "") -> tuple[Child, str]:
    return label, kind


def table(
    caption: Child,
    columns: Iterable[tuple[Child, str]],
    body: Iterable[Iterable[Child]],
    *,
    label: str,
    kind: str = "",
    titled: bool = False,
) -> Html:
    """A table that scrolls in its own focusable region; the first column without a class heads its row.

    ``columns`` are (heading, class): ``n`` numbers, ``c`` centred. A row that is Html stands as it is.
    ``label`` names the region for those who cannot see it. ``titled``: the heading above says what the caption says,
    so it is only spoken.
    """
    heads = list(columns)
    header = next((at for at, (_, kind) in enumerate(heads) if not kind), 0)
    rows = [
        el(
            "tr",
            [
                el(
                    "th" if at == header else "td",
                    cell,
                    class_=kind or None,
                    scope="row" if at == header else None,
                )
                for at, (cell, (_, kind)) in enumerate(zip(row, heads, strict=True))
            ],
        )
        if not isinstance(row, Html)
        else row
        for row in body
    ]
    return el(
        "div",
        el(
            "table",
            el("caption", el("span", caption), class_="sr" if titled else None),
            el("thead", el("tr", [el("th", head, scope="col", class_=kind or None) for head, kind in heads])),
            el("tbody", rows),
        ),
        class_=f"scroll {kind}".strip(),
        role="region",
        tabindex="0",
        aria_label=label,
    )
