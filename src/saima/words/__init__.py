"""Every sentence people see below the server: a code and its parameters become English or Chinese.

Sentences live in ``catalogue/*.toml``, one file per room, one table per code with ``en`` and ``zh``.
Nothing else does: no formula, no layout, no sentence built from pieces.
"""

from saima.words.catalogue import codes, say, template
from saima.words.numerals import measured, number, percent, signed
from saima.words.text import LANGS, Lang, Text

__all__ = ["LANGS", "Lang", "Text", "codes", "measured", "number", "percent", "say", "signed", "template"]
