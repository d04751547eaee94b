"""A title in both languages, and what a language is."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

Lang = Literal["en", "zh"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A title people typed, in English and Chinese. Either may be empty; the other then stands in.

    Examples
    --------
    >>> Text("Talent", "人才").of("zh")
    '人才'
    >>> Text("Talent").of("zh")
    'Talent'
    """

    en: str = ""
    zh: str = ""

    def of(self, lang: Lang) -> str:
        first, second = (self.en, self.zh) if lang == "en" else (self.zh, self.en)
        return first or second

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)
