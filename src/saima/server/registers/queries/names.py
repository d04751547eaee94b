"""How names of firms are compared: without width, case, spaces, brackets and the forms a company may have."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_FORMS: Final = re.compile(
    r"(有限责任公司|股份有限公司|有限公司|集团公司|集团|公司|合伙企业|厂|"
    r"(company)?limited|coltd|ltd|llc|inc|corporation|corp|group)$"
)


@lru_cache(maxsize=65_536)  # a line of a table asks for its own several times
def name_key(name: str) -> str:
    """A name as names are compared.

    Examples
    --------
    >>> name_key("云桥（示例）科技有限公司"), name_key("云桥(示例) 科技股份有限公司"), name_key("Cloud Co., Ltd.")
    ('云桥示例科技', '云桥示例科技', 'cloud')
    """
    narrow = unicodedata.normalize("NFKC", name).casefold()
    bare = narrow if narrow.isalnum() else "".join(sign for sign in narrow if sign.isalnum())
    short = _FORMS.sub("", bare)
    return (short if len(short) >= 2 else bare)[:200]
