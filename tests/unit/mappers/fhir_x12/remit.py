"""Synthetic 835 and 277CA texts, small enough to break on purpose."""

from mappers.fhir_x12.remittance import Remittance, remittance
from mappers.x12.reader import read
from mappers.x12.tree import LoopNode

HEAD = (
    "ISA*00*          *00*          *ZZ*CHP01          *ZZ*PARITY         "
    "*261110*0900*^*00501*{control:09d}*0*T*:~"
)


def interchange(kind: str, version: str, body: str, control: int = 31) -> bytes:
    """Return an interchange around the segments of one set; `body` holds ST but no SE."""
    segments = "".join(line.strip() for line in body.strip().splitlines())
    count = segments.count("~") + 1
    return (
        HEAD.format(control=control)
        + f"GS*{kind}*CHP01*PARITY*20261110*0900*{control}*X*{version}~"
        + segments
        + f"SE*{count}*0001~GE*1*{control}~IEA*1*{control:09d}~"
    ).encode()


def remit(
    claims: str, paid: str, *, provider: str = "", trace: str = "T1", control: int = 31
) -> bytes:
    """Return an 835 with these CLP loops, this BPR02 and these PLBs."""
    body = f"""
        ST*835*0001~BPR*I*{paid}*C*CHK************20261110~TRN*1*{trace}*1999999999~
        N1*PR*Cascade Health Plan~N3*1 Plaza~N4*Port Alder*WA*983680001~PER*BL*Desk*TE*8005550100~
        N1*PE*Harbor*XX*1999000015~LX*1~{claims}{provider}
    """
    return interchange("HP", "005010X221A1", body, control)


PATIENT = "NM1*QC*1*Quill*Nora****MI*CHP100200399~"
PAID = (
    f"CLP*CASE1*1*165.5*92.5*20*12*P77*11*1~{PATIENT}"
    "SVC*HC:90834*145*78.4**1~DTM*472*20261102~CAS*CO*45*46.6~CAS*PR*3*20~REF*6R*CASE1-1~AMT*B6*98.4~"
    "SVC*HC:90785*20.5*14.1**1~DTM*472*20261102~CAS*CO*45*6.4~REF*6R*CASE1-2~LQ*HE*N130~LQ*HE*M15~"
)
DENIED = f"CLP*CASE1*4*165.5*0**12*P77*11*1~CAS*CO*29*165.5~{PATIENT}"
REVERSED = (
    f"CLP*CASE1*22*-165.5*-92.5*-20*12*P77*11*1~{PATIENT}"
    "SVC*HC:90834*-145*-78.4**-1~CAS*CO*45*-46.6~CAS*PR*3*-20~REF*6R*CASE1-1~"
    "SVC*HC:90785*-20.5*-14.1**-1~CAS*CO*45*-6.4~REF*6R*CASE1-2~"
)


def root(data: bytes) -> LoopNode:
    """Return the root loop of the only set."""
    ((_, _, one),) = read(data).sets()
    return one.root


def facts(claims: str, paid: str, *, provider: str = "") -> Remittance:
    """Return the facts of an 835."""
    return remittance(root(remit(claims, paid, provider=provider)))


def statuses(claims: str) -> bytes:
    """Return a 277CA with these 2000D loops (HL to STC and REF)."""
    body = f"""
        ST*277*0001*005010X214~BHT*0085*08*1*20261104*0900*TH~HL*1**20*1~
        NM1*PR*2*Cascade Health Plan*****PI*CHP01~TRN*1*1-ACK~DTP*050*D8*20261104~
        DTP*009*D8*20261104~HL*2*1*21*1~NM1*41*2*Parity*****46*PARITY~TRN*2*1~
        STC*A1:19:PR*20261104*WQ*165.5~HL*3*2*19*1~NM1*85*2*Harbor*****XX*1999000015~{claims}
    """
    return interchange("HN", "005010X214", body)


def status(number: str, stc: str, rest: str = "") -> str:
    """Return the loops of one claim of a 277CA."""
    return f"HL*4*3*PT~{PATIENT}TRN*2*{number}~{stc}{rest}"
