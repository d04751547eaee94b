"""Sent twice, done once: the same key of the same person for the same action gives the answer given before."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from saima.engine.errors import Problem, QuestionRefused
from saima.server.kit.models import Idempotency

_KEY_MOST = 100


def once(*, key: str, by: Any, action: str, do: Callable[[], str]) -> str:
    """Do it and keep the answer, in one transaction; or the kept answer. Without a key it is simply done.

    ``by`` is a person or None (somebody with a link). Two requests at once: one does it, the other gets its answer.

    Raises
    ------
    QuestionRefused
        ``desk.key_too_long``.
    """
    if not key:
        return do()
    if len(key) > _KEY_MOST:
        raise QuestionRefused(Problem("desk.key_too_long", {"length": len(key), "most": _KEY_MOST}))
    same = Idempotency.objects.filter(key=key, actor=by, action=action)
    try:
        with transaction.atomic():
            found = same.first()
            if found is not None:
                return found.answer
            answer = do()
            Idempotency.objects.create(key=key, actor=by, action=action, answer=answer)
            return answer
    except IntegrityError:
        other = same.first()  # somebody else was quicker; what we did is undone
        if other is None:
            raise
        return other.answer
