"""What rules are tried on: sound files of each kind, and pairs that break one rule or nearly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.unit.mappers.x12.example import (
    claim,
    claim_file,
    dependent,
    remittance_file,
    status_file,
    subscriber,
)

Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Vector:
    """A file that triggers a rule and one that does not; `lists` are codes the site has loaded."""

    rule: str
    hit: bytes
    near: bytes
    place: str
    lists: Lists = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule} {self.place}"


def interchange(version: str, function: str, id: str, body: str) -> bytes:
    """Return an interchange of one set with the given segments between ST and SE."""
    isa = (
        "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          "
        "*260304*1030*^*00501*000000007*0*T*:~"
    )
    lines = [line.strip() for line in body.strip().splitlines()]
    st03 = "" if id == "835" else f"*{version}"
    content = "".join(f"{line}~" for line in (f"ST*{id}*0001{st03}", *lines))
    return (
        f"{isa}GS*{function}*CLINIC*PAYER*20260304*1030*5*X*{version}~{content}"
        f"SE*{len(lines) + 2}*0001~GE*1*5~IEA*1*000000007~"
    ).encode()


CLAIM = claim_file()
TWO_LINES = claim_file(subscriber(2, [claim(charges=(Decimal(80), Decimal("70.00")))])).replace(
    b"20260301~REF*6R*LINE2", b"20260302~REF*6R*LINE2"
)
TWO_CLAIMS = claim_file(subscriber(2, [claim("C1"), claim("C2")]))
CHILD = claim_file(dependent(2, [claim()]))
REMITTANCE = remittance_file()
STATUS = status_file()
OTHER_PAYER = (
    CLAIM.replace(b"SBR*P*18", b"SBR*S*18")
    .replace(b"SE*26*", b"SE*34*")
    .replace(
        b"~LX*1~",
        b"~SBR*P*18*******CI~AMT*D*100~OI***Y***Y~NM1*IL*1*DOE*JO****MI*M2~"
        b"NM1*PR*2*FIRST*****PI*F1~LX*1~",
    )
    .replace(
        b"~REF*6R*LINE1~", b"~REF*6R*LINE1~SVD*F1*100*HC:90837**1~CAS*CO*45*50~DTP*573*D8*20260302~"
    )
)
STAY = interchange(
    "005010X223A2",
    "HC",
    "837",
    """
    BHT*0019*00*BATCH1*20260304*1030*CH
    NM1*41*2*RIVER HOUSE*****46*CLINIC
    PER*IC*BILLING OFFICE*TE*2175550100
    NM1*40*2*ACME HEALTH*****46*PAYER
    HL*1**20*1
    NM1*85*2*RIVER HOUSE*****XX*1234567893
    N3*2 RIVER RD
    N4*SPRINGFIELD*IL*627010000
    REF*EI*987654321
    HL*2*1*22*0
    SBR*P*18*GRP1******CI
    NM1*IL*1*DOE*JO****MI*MEMBER1
    N3*1 MAIN ST
    N4*SPRINGFIELD*IL*627010000
    DMG*D8*19800229*F
    NM1*PR*2*ACME HEALTH*****PI*ACME1
    CLM*STAY1*3000***11:A:1**A*Y*Y
    DTP*096*TM*1100
    DTP*434*RD8*20260201-20260204
    DTP*435*DT*202602010900
    CL1*1*1*01
    HI*ABK:F332:::::::Y
    HI*ABJ:F332
    HI*ABF:F1020:::::::N
    NM1*71*1*RIVERA*ANA****XX*1245319599
    LX*1
    SV2*0124**3000*DA*3
    DTP*472*RD8*20260201-20260204
    """,
)
PROGRAM = (
    STAY.replace(b"11:A:1", b"13:A:1")
    .replace(b"DTP*096*TM*1100~", b"")
    .replace(b"DTP*435*DT*202602010900~", b"")
    .replace(b"HI*ABJ:F332~", b"")
    .replace(b":::::::Y", b"")
    .replace(b":::::::N", b"")
    .replace(b"SV2*0124**3000*DA*3", b"SV2*0905*HC:S9480*3000*UN*1")
    .replace(b"DTP*472*RD8*20260201-20260204", b"DTP*472*D8*20260202")
    .replace(b"SE*30*", b"SE*27*")
)
OTHER_PAYER_IN_PART = (
    OTHER_PAYER.replace(b"CLM*CLAIM1*150", b"CLM*CLAIM1*250")
    .replace(b"~SE*34*", b"~LX*2~SV1*HC:90837:95*100*UN*1***1~DTP*472*D8*20260302~SE*38*")
    .replace(b"~AMT*D*100~", b"~CAS*CO*45*100~AMT*D*100~")
)
ELIGIBILITY = interchange(
    "005010X279A1",
    "HS",
    "270",
    """
    BHT*0022*13*ASK1*20260304*1030
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*ACME1
    HL*2*1*21*1
    NM1*1P*2*RIVER CLINIC*****XX*1234567893
    HL*3*2*22*0
    TRN*1*TRACE1*1987654321
    NM1*IL*1*DOE*JO****MI*MEMBER1
    DMG*D8*19800229
    DTP*291*D8*20260304
    EQ*30^MH
    """,
)
BENEFITS = interchange(
    "005010X279A1",
    "HB",
    "271",
    """
    BHT*0022*11*ASK1*20260304*1031
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*ACME1
    HL*2*1*21*1
    NM1*1P*2*RIVER CLINIC*****XX*1234567893
    HL*3*2*22*0
    TRN*2*TRACE1*1987654321
    NM1*IL*1*DOE*JO****MI*MEMBER1
    N3*1 MAIN ST
    N4*SPRINGFIELD*IL*62701
    DMG*D8*19800229*F
    DTP*346*D8*20260101
    EB*1**30
    EB*A*IND*MH*****0.2
    """,
)
REFUSED = interchange(
    "005010X279A1",
    "HB",
    "271",
    """
    BHT*0022*11*ASK1*20260304*1031
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*ACME1
    HL*2*1*21*1
    NM1*1P*2*RIVER CLINIC*****XX*1234567893
    HL*3*2*22*0
    TRN*2*TRACE1*1987654321
    NM1*IL*1*DOE*JO****MI*MEMBER1
    AAA*N**72*C
    """,
)
INQUIRY = interchange(
    "005010X212",
    "HR",
    "276",
    """
    BHT*0010*13*ASK1*20260304*1030
    HL*1**20*1
    NM1*PR*2*ACME HEALTH*****PI*ACME1
    HL*2*1*21*1
    NM1*41*2*RIVER CLINIC*****46*CLINIC
    HL*3*2*19*1
    NM1*1P*2*RIVER CLINIC*****XX*1234567893
    HL*4*3*22*0
    DMG*D8*19800229*F
    NM1*IL*1*DOE*JO****MI*MEMBER1
    TRN*1*TRACE1
    REF*EJ*CLAIM1
    AMT*T3*150
    DTP*472*D8*20260301
    """,
)
REVIEW = interchange(
    "005010X217",
    "HI",
    "278",
    """
    BHT*0007*11*ASK1*20260304*1031*18
    HL*1**20*1
    NM1*X3*2*ACME HEALTH*****PI*ACME1
    HL*2*1*21*1
    NM1*1P*2*RIVER CLINIC*****XX*1234567893
    HL*3*2*22*1
    NM1*IL*1*DOE*JO****MI*MEMBER1
    HL*4*3*EV*0
    TRN*2*TRACE1*1987654321
    UM*HS*I*MH
    HCR*A1*AUTH1
    """,
)
GUIDES = Path(__file__).parents[4] / "golden" / "x12" / "guides"
PREMIUM = (GUIDES / "premium.820").read_bytes()
DENTAL = (GUIDES / "claim.837d").read_bytes()
SOUND = {
    "premium": PREMIUM,
    "dental": DENTAL,
    "review": REVIEW,
    "claim": CLAIM,
    "two lines": TWO_LINES,
    "two claims": TWO_CLAIMS,
    "child": CHILD,
    "other payer": OTHER_PAYER,
    "stay": STAY,
    "program": PROGRAM,
    "remittance": REMITTANCE,
    "status": STATUS,
    "eligibility": ELIGIBILITY,
    "benefits": BENEFITS,
    "refused": REFUSED,
    "inquiry": INQUIRY,
}


def swap(base: bytes, *changes: str) -> bytes:
    """Return a file with texts replaced, given as `old=>new`; each must be there."""
    data = base
    for change in changes:
        old, new = change.split("=>")
        assert old.encode() in data, old
        data = data.replace(old.encode(), new.encode())
    return data


def pair(
    rule: str,
    place: str,
    base: bytes,
    hit: str | tuple[str, ...],
    near: str | tuple[str, ...] = (),
    lists: Lists | None = None,
) -> Vector:
    """Return a vector: what is changed in a sound file to break the rule, and not to break it."""
    changes = [(one,) if isinstance(one, str) else one for one in (hit, near)]
    return Vector(rule, swap(base, *changes[0]), swap(base, *changes[1]), place, lists or {})
