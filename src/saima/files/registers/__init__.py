"""Tables of what exists: codes of enterprises, lists of them as people keep them, read line by line."""

from saima.files.registers.codes import check_sign, cleaned, fault_of, repairs_of
from saima.files.registers.lines import (
    Listed,
    ListedFact,
    ListedStatus,
    ListRead,
    height_of,
    read_blocks,
    read_list,
    samples,
)
from saima.files.registers.listing import (
    Kind,
    ListColumn,
    ListMap,
    Word,
    parse_list_map,
    propose_list,
)

__all__ = [
    "Kind",
    "ListColumn",
    "ListMap",
    "ListRead",
    "Listed",
    "ListedFact",
    "ListedStatus",
    "Word",
    "check_sign",
    "cleaned",
    "fault_of",
    "height_of",
    "parse_list_map",
    "propose_list",
    "read_blocks",
    "read_list",
    "repairs_of",
    "samples",
]
