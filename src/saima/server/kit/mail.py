"""Sends messages of the outbox by mail, where the installation names a mail server (SAIMA_MAIL)."""

import json
import smtplib
from email.utils import parseaddr
from hashlib import sha256

from django.conf import settings
from django.core.mail import EmailMessage

from saima.server.kit.models import Installation, Outbox
from saima.server.kit.outbox import NeverTaken, Unreachable, channel

_FOR_GOOD = range(500, 600)


@channel("mail")
def send_mail(message: Outbox) -> str:
    """``payload``: {"subject", "body"}. The message id follows from what the message is, so a second one is known.

    Raises
    ------
    LookupError
        No mail server is named.
    Unreachable
        It does not answer, or not in time.
    NeverTaken
        It will never take a message for this address.
    """
    if not settings.EMAIL_HOST:
        raise LookupError("SAIMA_MAIL names no mail server")
    said = json.loads(message.payload)
    home = Installation.objects.get_or_create(id=1)[0].uuid
    mail = EmailMessage(
        subject=" ".join(said["subject"].split()),
        body=said["body"],
        to=[message.to],
        headers={"Message-ID": f"<{sha256(message.dedupe.encode()).hexdigest()[:32]}@{home}>"},
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        if code in _FOR_GOOD:
            raise NeverTaken(f"{settings.EMAIL_HOST} refused the address: {code} {_plain(text)}") from None
        raise
    except smtplib.SMTPDataError as fault:
        if fault.smtp_code in _FOR_GOOD:
            raise NeverTaken(
                f"{settings.EMAIL_HOST} refused the message: {fault.smtp_code} {_plain(fault.smtp_error)}"
            ) from None
        raise
    except smtplib.SMTPServerDisconnected as fault:
        raise Unreachable(f"{settings.EMAIL_HOST}: {fault}") from None
    except smtplib.SMTPException:
        raise
    except OSError as fault:  # no such host, no connection, no answer in time
        raise Unreachable(f"{settings.EMAIL_HOST}: {type(fault).__name__}: {fault}") from None
    return f"taken by {settings.EMAIL_HOST} for {parseaddr(message.to)[1].rpartition('@')[2]}"


def _plain(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:500]
