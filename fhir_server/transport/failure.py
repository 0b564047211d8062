"""The reasons for which a partner is not reached, not trusted, or does not take what it is sent."""

from fhir_server.outcome import FhirError, Invalid, Unavailable


class NotReached(Unavailable):
    """The partner cannot be reached at the moment; it is tried again later."""

    detail = "partner-not-reached"


class NoAnswer(NotReached):
    """The partner took a question and gave no answer in time."""

    status, code, detail = 504, "timeout", "partner-no-answer"


class NotTrusted(FhirError):
    """The partner is not who it should be, or does not know us: keys, certificates, passwords."""

    status, code, detail = 502, "security", "partner-not-trusted"


class NotTaken(FhirError):
    """The partner refused what it was sent."""

    status, code, detail = 502, "processing", "partner-refused"


class NoConversation(Invalid):
    """The partner's transport cannot do this: real time over folders, say."""

    code, detail = "not-supported", "partner-transport"
