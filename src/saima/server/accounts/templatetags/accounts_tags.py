"""One filter of the pages about people: a value of a mapping by a key that is itself a value."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def pick(mapping: Mapping[Any, Any], key: Any) -> Any:
    """``{{ titles|pick:place_id }}``; nothing when it is not there."""
    return mapping.get(key, "")
