"""What a mail relay's answer means. Pure.

The enhanced status code (RFC 3463) decides where there is one: the three digits before it are
`550` for a mailbox that does not exist as for a quota that is used up for today. Without one it
is unknown which, and the mail is tried again later.

| enhanced code | means | what follows |
|---|---|---|
| 5.1.1, .2, .3, .6, .10, 5.2.1 | the mailbox does not exist, or takes no mail | refused |
| 5.2.3, 5.3.4, 5.6.x | our mail is too big, or not readable there | refused, blames nobody |
| 5.2.2 and other x.2.x, x.1.x | the mailbox is full, is moved, … | tried again |
| x.3.x, x.4.x, x.5.x, x.7.x | the relay's system, network, protocol, policy | tried again |
| none | anything | tried again |

Only a mailbox that is known not to exist counts against a subscription: all else is mended by
people at the relay or with us, and holds for many recipients at once.
"""

import re

import aiosmtplib

from services.notifications.channels.outcomes import Kind, Outcome

# RFC 2034: the code begins the text. Elsewhere in it, digits with dots may be anything.
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_PERMANENT = "5"
_NO_MAILBOX = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
_OUR_CONTENT = frozenset({(2, 3), (3, 4)})
_CONTENT = 6


def of_reply(error: aiosmtplib.SMTPResponseException) -> Outcome:
    """Judge the relay's refusal of a recipient or of the content."""
    found = _ENHANCED.match(str(error.message))
    detail = describe("recipient or content", error)
    if found and found[1] == _PERMANENT and str(error.code).startswith(_PERMANENT):
        code = int(found[2]), int(found[3])
        if code in _NO_MAILBOX:
            return Outcome(Kind.REFUSED, error.code, detail)
        if code in _OUR_CONTENT or code[0] == _CONTENT:
            return Outcome(Kind.REFUSED, error.code, detail, ours=True)
    return Outcome(Kind.TRANSIENT, error.code, detail, ours=True)


def describe(what: str, error: BaseException) -> str:
    """What happened, without the reply's text: it often repeats the address."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        found = _ENHANCED.match(str(error.message))
        return f"{what}: SMTP {error.code}" + (f" {found[0].strip()}" if found else "")
    return f"{what}: {type(error).__name__}"
