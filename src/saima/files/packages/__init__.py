"""Packages: a bulletin with everything it was made from, written once, signed, and verified anywhere."""

from saima.files.packages.cut import cut_of
from saima.files.packages.manifest import manifest_bytes
from saima.files.packages.signing import make_key, public_key, sign, signer
from saima.files.packages.store import read_package, write_package
from saima.files.packages.verifying import Step, Verification, verify_package

__all__ = [
    "Step",
    "Verification",
    "cut_of",
    "make_key",
    "manifest_bytes",
    "public_key",
    "read_package",
    "sign",
    "signer",
    "verify_package",
    "write_package",
]
