"""A chain as a file (TOML): nodes and where they lead, its chief and squad, the places that carry it."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from saima.engine.chain import Chain, Link, Node, checked
from saima.engine.errors import Problem, Refused, RuleRefused
from saima.files.cells import Code, Words
from saima.files.checking import Loc, validated
from saima.files.document import SomeTitles, Titles
from saima.files.kinds import Small, YesNo
from saima.files.problems import Collector
from saima.files.rules.places import Places
from saima.words import Text

FORMAT: Final = "chain/1"
MOST_BYTES: Final = 256 * 1024
MOST_NODES: Final = 200


class Part(BaseModel):
    """A table of a chain file; keys it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NodePart(Part):
    id: Code
    title: SomeTitles
    to: list[Code] = []
    industries: list[Words] = []
    wanted: Small = 2
    phase: Literal["research", "incubation", "industry"] = "industry"


class Document(Part):
    saima: Literal["chain/1"]
    id: Code
    title: SomeTitles
    about: Titles = Titles()
    fictional: YesNo = False
    chief: Titles = Titles()
    deputy: Titles = Titles()
    lead: Words = ""
    squad: list[Titles] = []
    carriers: list[Words] = []
    meets: Titles = Titles()
    nodes: list[NodePart]


@dataclass(frozen=True, slots=True)
class ChainFile:
    """``lead`` and ``carriers`` are keys of places. Chief and squad are offices, as the bureau writes them."""

    chain: Chain
    about: Text
    fictional: bool
    chief: Text
    deputy: Text
    lead: str
    squad: tuple[Text, ...]
    carriers: tuple[str, ...]
    meets: Text


def parse_chain(text: str, name: str = "chain.toml") -> ChainFile:
    """A chain from its TOML text.

    Raises
    ------
    RuleRefused
        Everything that is wrong with it, by file and line.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise RuleRefused(Problem("chain.too_long", {"kb": MOST_BYTES // 1024}, file=name))
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RuleRefused(Problem("chain.no_toml", {"said": str(error)[:120]}, file=name)) from None
    except (RecursionError, ValueError):
        raise RuleRefused(Problem("rules.toml_unreadable", file=name)) from None
    places = Places(text.replace("\r\n", "\n"))
    found = Collector()

    def line_of(loc: Loc) -> int:
        return places.of(loc)[0]

    document = validated(
        Document, data, found, context={}, file=name, line_of=line_of, column_of=lambda _: "", cells=False
    )
    if document is None:
        raise RuleRefused(found.listed())
    if len(document.nodes) > MOST_NODES:
        raise RuleRefused(Problem("chain.too_many", {"count": len(document.nodes), "most": MOST_NODES}, file=name))
    nodes = [Node(n.id, n.title.text, tuple(n.industries), n.wanted, n.phase) for n in document.nodes]
    links = [Link(n.id, to) for n in document.nodes for to in n.to]
    try:
        chain = checked(document.id, document.title.text, nodes, links)
    except Refused as refused:
        raise RuleRefused([Problem(p.code, p.params, file=name) for p in refused.problems]) from None
    return ChainFile(
        chain,
        document.about.text,
        document.fictional,
        document.chief.text,
        document.deputy.text,
        document.lead,
        tuple(s.text for s in document.squad),
        tuple(document.carriers),
        document.meets.text,
    )
