"""What an expression is once it is read: nodes that know where in the text they stand, and what comparisons mean."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal

Comparison = Literal[">=", ">", "<=", "<", "=", "!="]
Operation = Literal["+", "-", "*", "/"]
HOLDS: Final[Mapping[Comparison, Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        ">=": operator.ge,
        ">": operator.gt,
        "<=": operator.le,
        "<": operator.lt,
        "=": operator.eq,
        "!=": operator.ne,
    }
)
MIRRORED: Final[Mapping[Comparison, Comparison]] = MappingProxyType(
    {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "!=": "!="}
)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of characters of the expression, the end excluded. Two trees are equal wherever they stand."""

    start: int = field(compare=False)
    end: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Number(Span):
    value: Fraction
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Name(Span):
    name: str


@dataclass(frozen=True, slots=True)
class Negative(Span):
    of: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic(Span):
    operation: Operation
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Compare(Span):
    comparison: Comparison
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Within(Span):
    """``industry in excluded``: whether a code is a member of a dated set."""

    item: "Node"
    members: Name


@dataclass(frozen=True, slots=True)
class Not(Span):
    of: "Node"


@dataclass(frozen=True, slots=True)
class Junction(Span):
    """``and`` or ``or`` of two or more parts."""

    word: Literal["and", "or"]
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class If(Span):
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Call(Span):
    """``min``, ``max``, ``abs``, or a dated parameter with steps or tiers."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Growth(Span):
    """Yearly growth that leads from ``base`` to ``now`` in so many years; stands only beside a comparison."""

    now: "Node"
    base: "Node"
    years: "Node"


@dataclass(frozen=True, slots=True)
class Held(Span):
    """Whether a status granted by others is held."""

    status: str


@dataclass(frozen=True, slots=True)
class Known(Span):
    """Whether a value is known."""

    of: "Node"


Node = Number | Name | Negative | Arithmetic | Compare | Within | Not | Junction | If | Call | Growth | Held | Known


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order of the text."""
    match node:
        case Negative(of=of) | Not(of=of) | Known(of=of):
            return (of,)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Within(item=item, members=members):
            return (item, members)
        case Junction(parts=parts):
            return parts
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Call(arguments=arguments):
            return arguments
        case Growth(now=now, base=base, years=years):
            return (now, base, years)
        case Number() | Name() | Held():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def depth(node: Node) -> int:
    """Levels of the tree; a single name has one."""
    return 1 + max((depth(c) for c in children(node)), default=0)
