"""DFT P03 and P11: financial transactions; the guide has no map for them, this is ours.

Each FT1 is a ChargeItem of the visit and the account, a credit of one, or work for a person. The
insurance (IN1), the guarantor (GT1) and the account come along as in BAR.
"""

from collections.abc import Sequence

from mappers.v2_fhir.account import add_account
from mappers.v2_fhir.bar_p01 import add_visit, by_patient, first
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.charge import Charged, add_transaction
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key
from mappers.v2_fhir.patient import add_patient
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message

DFT_EVENTS = ("P03", "P11")


def map_dft_p03(message: MessageText, feed: Feed) -> Mapped:
    """Map charges; raises MapError where the message names no patient or holds no charge."""
    work, identifier, time = open_message(message, feed)
    control_id = work.source(message.segments[0]).value("MSH-10")
    groups = by_patient(message.segments)
    if not groups:
        raise MapError("PID", "the message names no patient")
    if first(message.segments, "FT1") is None:
        raise MapError("FT1", "the message holds no charge")
    keys = [_map_patient(work, group, control_id, time) for group in groups]
    return work.finish(identifier, time, keys[0])


def _map_patient(work: Work, group: list[SegmentText], control_id: str, time: str) -> Key:
    contacts = [one for one in group if one.id == "NK1"]
    key, patient = add_patient(work, first(group, "PID"), contacts, "merge")
    account = add_account(work, group, key, patient)
    visit = add_visit(work, group, patient, account)
    for ft1, notes, diagnoses in transactions(group):
        shared = Charged(control_id, time, {"reference": patient}, visit, account, diagnoses)
        add_transaction(work, ft1, notes, shared)
    return key


def transactions(
    segments: Sequence[SegmentText],
) -> list[tuple[SegmentText, list[SegmentText], list[SegmentText]]]:
    """Return each FT1 with its notes and its diagnoses.

    A DG1 between two FT1 belongs to the one before it (P03 from 2.5 on); those before the first or
    after the last are of the visit and hold for each FT1 that has none of its own.
    """
    found: list[tuple[SegmentText, list[SegmentText], list[SegmentText]]] = []
    common: list[SegmentText] = []
    follows_charge = False
    last = max((at for at, one in enumerate(segments) if one.id == "FT1"), default=-1)
    for at, segment in enumerate(segments):
        if segment.id == "FT1":
            found.append((segment, [], []))
            follows_charge = True
        elif segment.id == "NTE" and follows_charge:
            found[-1][1].append(segment)
        elif segment.id == "DG1":
            own = found[-1][2] if found and at < last else common
            own.append(segment)
        elif segment.id not in {"PR1", "PRT", "ROL", "NTE"}:
            follows_charge = False
    return [(ft1, notes, own or common) for ft1, notes, own in found]
