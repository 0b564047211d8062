"""A question to a partner and its answer: what was kept, and what the answer says against it."""

from dataclasses import dataclass

from fhir_server.store.exchanges import Exchange
from mappers.x12.reader import Document
from mappers.x12.responses import group_response, interchange_response
from mappers.x12.sets import ACKNOWLEDGMENT_999


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question and its answer as kept, and the answer as read."""

    question: Exchange
    answer: Exchange
    document: Document

    @property
    def refusals(self) -> tuple[str, ...]:
        """What TA1 and 999 in the answer say against the question: places and codes."""
        told = []
        for received in self.document.interchanges:
            for segment in received.acknowledgments:
                response = interchange_response(segment)
                if response.verdict == "R":
                    told.append(f"TA1 refuses the interchange with note {response.note}")
        for _, _, one in self.document.sets():
            if one.guide != ACKNOWLEDGMENT_999.version:
                continue
            for answered in group_response(one).sets:
                told += [
                    f"{error.loop} {error.segment}{error.element or ''} at segment"
                    f" {error.position}, code {error.element_code or error.code}"
                    for error in answered.errors
                ]
                if not answered.is_accepted and not answered.errors:
                    told.append(f"999 refuses set {answered.control}")
        return tuple(told)
