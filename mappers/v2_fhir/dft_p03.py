"""DFT P03 and P11: financial transactions; the guide has no map for them, this is ours.

Each FT1 is a ChargeItem of the visit and the account, a credit of one, or work for a person. The
insurance (IN1), the guarantor (GT1) and the account come along as in BAR.
"""

from collections.abc import Sequence

from mappers.v2_fhir.account import add_account
from mappers.v2_fhir.adt_clinical import add_diagnoses, add_procedures, add_results
from mappers.v2_fhir.adt_group import Person, people
from mappers.v2_fhir.bar_p01 import add_visit
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.charge import Charged, Transaction, add_transaction
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key
from mappers.v2_fhir.patient import add_patient
from mappers.v2_fhir.provenance import add_provenance
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message

DFT_EVENTS = ("P03", "P11")


def map_dft_p03(message: MessageText, feed: Feed) -> Mapped:
    """Map charges; raises MapError where the message names no patient or holds no charge."""
    work, identifier, time = open_message(message, feed)
    control_id = work.source(message.segments[0]).value("MSH-10")
    if not any(one.id == "FT1" for one in message.segments):
        raise MapError("FT1", "the message holds no charge")
    keys = [_map_person(work, person, control_id, time) for person in people(message.segments)]
    if feed.dialect.provenance:
        add_provenance(work)
    return work.finish(identifier, time, keys[0])


def _map_person(work: Work, person: Person, control_id: str, time: str) -> Key:
    key, patient = add_patient(work, person.pid, person.contacts, "merge")
    account = add_account(work, person.segments, key, patient)
    visit = add_visit(work, person, patient, account)
    owner = (*key, visit)
    whole = len(work.complete)
    add_diagnoses(work, person.diagnoses, patient, visit, owner)
    del work.complete[whole:]  # charges tell the diagnoses they are for, not all there are
    add_results(work, person.results, patient, visit, owner)
    own = {one.segment.ordinal: one for one in person.procedures}
    for one in transactions(person.segments):
        procedures = [own.pop(pr1.ordinal) for pr1 in one.procedures]
        before = set(work.entries)
        add_procedures(work, procedures, patient, visit, owner)
        done = [url for url in work.entries if url not in before]
        shared = Charged(control_id, time, {"reference": patient}, visit, account, tuple(done))
        add_transaction(work, one, shared)
    add_procedures(work, list(own.values()), patient, visit, owner)
    return key


def transactions(segments: Sequence[SegmentText]) -> list[Transaction]:
    """Return each FT1 with its notes, procedures and diagnoses.

    A DG1 between two FT1 belongs to the one before it (P03 from 2.5 on); those before the first or
    after the last are of the visit and hold for each FT1 that has none of its own.
    """
    found: list[Transaction] = []
    common: list[SegmentText] = []
    last = max((at for at, one in enumerate(segments) if one.id == "FT1"), default=-1)
    before = ""
    for at, segment in enumerate(segments):
        match segment.id:
            case "FT1":
                found.append(Transaction(segment))
            case "NTE" if found and before in {"FT1", "NTE"}:
                found[-1].notes.append(segment)
            case "DG1":
                (found[-1].diagnoses if found and at < last else common).append(segment)
            case "PR1" if found:
                found[-1].procedures.append(segment)
        before = segment.id
    for one in found:
        one.diagnoses = one.diagnoses or common
    return found
