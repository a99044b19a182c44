"""E-mail addresses as we take them: the plain form that every mail system knows."""

import re

# Dot-atom of RFC 5321 in ASCII; no quoted strings, comments, IP literals or SMTPUTF8: nobody's
# office address has them, and each is a way to put something else into a header or a command.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST_LOCAL = 64  # RFC 5321 §4.5.3.1.1
_LONGEST = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets


def is_mail_address(text: str) -> bool:
    """Whether this can be written to. Says nothing about whether a mailbox is there."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= _LONGEST
        and len(local) <= _LONGEST_LOCAL
        and _LOCAL.fullmatch(local) is not None
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )


def domain_of(address: str) -> str:
    """The part behind the @."""
    return address.rpartition("@")[2]
