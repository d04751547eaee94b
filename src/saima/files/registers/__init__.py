"""Tables of what exists: codes of enterprises, lists of them as people keep them, read line by line."""

from saima.files.registers.codes import check_sign, cleaned, fault_of, repairs_of

__all__ = ["check_sign", "cleaned", "fault_of", "repairs_of"]
