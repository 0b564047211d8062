from fhir_server.intake.v2_letter import Arrival, read_letter
from fhir_server.model.feed import FeedRecord
from fhir_server.store.feeds import KnownFeed
from hl7.message import Message

HEADER = "MSH|^~\\&|LIS|LAB|PARITY|CLINIC|20260101||ADT^A01|C1|P|2.5||||||8859/1"
TEXT = f"{HEADER}\rPID|1||7||Łódź".encode("iso8859-2")


def read(record: FeedRecord) -> Message | None:
    known = KnownFeed(record, record.to_feed())
    return read_letter(Arrival(TEXT, feed=record.id), {record.id: known}, record.id).message


def test_character_set_of_the_feed_goes_before_that_of_the_message_where_it_is_to() -> None:
    told = read(FeedRecord("lab", charset="8859/2"))
    forced = read(FeedRecord("lab", charset="8859/2", overrides_charset=True))
    assert told is not None
    assert forced is not None
    assert told.segments[1].value(5) != "Łódź"
    assert forced.segments[1].value(5) == "Łódź"
