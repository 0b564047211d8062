"""Pairs of files for the rules of remittances, inquiries and their answers, and of loaded lists."""

from tests.unit.mappers.x12.rules.vector import (
    BENEFITS,
    CLAIM,
    ELIGIBILITY,
    INQUIRY,
    OTHER_PAYER,
    PREMIUM,
    PROGRAM,
    REFUSED,
    REMITTANCE,
    REVIEW,
    STATUS,
    STAY,
    Vector,
    interchange,
    pair,
    swap,
)

_CLP = "*1*150*120*10*12"
_LOOPS = "~REF*6R*LINE1~=>~REF*6R*LINE1~LQ*HE*{}~"
_ANSWER = interchange(
    "005010X231A1",
    "FA",
    "999",
    """
    AK1*HC*5*005010X222A1
    AK2*837*0001*005010X222A1
    IK5*A
    AK9*A*1*1*1
    """,
)
_CODED = "~HI*ABF:F1020~=>~HI*ABF:F1020~HI*{}~"


def many(base: bytes, unit: bytes, end: bytes, count: int) -> bytes:
    """Return a file whose one unit, from its first segment to `end`, stands in it many times."""
    start = base.index(unit)
    stop = base.index(end, start)
    return base[:start] + base[start:stop] * count + base[stop:]


_RENDERING = "NM1*82*1*RIVERA*ANA****XX*1245319599~PRV*PE*PXC*101YM0800X~=>"
_BARE = swap(CLAIM, _RENDERING, "REF*6R*LINE1~=>")
_LINE = REMITTANCE[REMITTANCE.index(b"SVC*") : REMITTANCE.index(b"PLB*")].decode()
_PAID = swap(REMITTANCE, f"{_LINE}=>")

VECTORS: tuple[Vector, ...] = (
    pair(
        "line-payment-balance",
        "2110 SVC03",
        REMITTANCE,
        "*150*120**1=>*150*121**1",
        "CAS*PR*3*10~=>CAS*PR*3*4**2*6~",
    ),
    pair("claim-payment-balance", "2100 CLP04", REMITTANCE, f"{_CLP}=>*1*150*119.99*10*12"),
    pair(
        "patient-share-balance",
        "2100 CLP05",
        REMITTANCE,
        "*150*120*10*12=>*150*120*11*12",
        "*150*120*10*12=>*150*120**12",
    ),
    pair("payment-charge-balance", "2100 CLP03", REMITTANCE, f"{_CLP}=>*1*151*120*10*12"),
    pair(
        "adjustment-twice",
        "2100 CAS02",
        REMITTANCE,
        "*10*1~NM1*QC=>*10*1~CAS*CO*45*20~NM1*QC",
        "*10*1~NM1*QC=>*10*1~CAS*CO*45*19~NM1*QC",
    ),
    pair(
        "payment-balance",
        "835 BPR02",
        REMITTANCE,
        "WO:OLD1*5=>WO:OLD1*-5",
        "WO:OLD1*5=>WO:OLD1*7*L6*-2",
    ),
    pair("premium-balance", "820 BPR02", PREMIUM, "BPR*C*900*=>BPR*C*901*"),
    pair("premium-balance", "820 BPR02", PREMIUM, "ADX*-50*=>ADX*-51*"),
    pair(
        "reversal-sign",
        "2100 CLP03",
        REMITTANCE,
        f"{_CLP}=>*22*150*120*10*12",
        f"{_CLP}=>*22*-150*-120*10*12",
    ),
    pair(
        "payment-sign",
        "2100 CLP04",
        REMITTANCE,
        f"{_CLP}=>*1*150*-120*10*12",
        f"{_CLP}=>*22*150*-120*10*12",
    ),
    pair(
        "crossover-carrier",
        "2100 CLP02",
        REMITTANCE,
        f"{_CLP}=>*19*150*120*10*12",
        (f"{_CLP}=>*19*150*120*10*12", "*MI*MEMBER1~=>*MI*MEMBER1~NM1*TT*2*NEXT*****PI*N1~"),
    ),
    pair(
        "denied-paid",
        "2100 CLP04",
        REMITTANCE,
        f"{_CLP}=>*4*150*120*10*12",
        f"{_CLP}=>*4*150*0*10*12",
    ),
    pair("adjustment-zero", "2110 CAS03", REMITTANCE, "CO*45*20=>CO*45*0", "CO*45*20=>CO*45*1"),
    pair(
        "paid-line-number-length",
        "2110 REF02",
        REMITTANCE,
        f"6R*LINE1=>6R*{'1' * 31}",
        f"6R*LINE1=>6R*{'1' * 30}",
    ),
    pair(
        "paid-service-date",
        "2110 SVC",
        REMITTANCE,
        "DTM*472*20260301~=>",
        ("DTM*472*20260301~=>", "*MI*MEMBER1~=>*MI*MEMBER1~DTM*232*20260301~"),
    ),
    pair("payment-negative", "835 BPR02", REMITTANCE, "BPR*I*115=>BPR*I*-5", "BPR*I*115=>BPR*I*0"),
    pair("payment-method", "835 BPR04", REMITTANCE, "*CHK*=>*NON*"),
    pair("payment-notice", "835 BPR01", REMITTANCE, "BPR*I=>BPR*H", "BPR*I*115=>BPR*H*0"),
    pair("payment-bank", "835 BPR10", REMITTANCE, "*CHK**=>*ACH*CCP*"),
    pair("payment-trace", "835 TRN03", REMITTANCE, "*1123456789=>*123456789"),
    Vector(
        "payments-per-set",
        many(_PAID, b"CLP*", b"PLB*", 10_001),
        many(_PAID, b"CLP*", b"PLB*", 2),
        "835 ST",
    ),
    Vector(
        "claims-per-set",
        many(_BARE, b"CLM*", b"SE*", 5001),
        many(_BARE, b"CLM*", b"SE*", 2),
        "837 ST",
    ),
    pair("refusal-reason", "2100C AAA03", REFUSED, "AAA*N**72*C=>AAA*N***C"),
    pair("trace-of-request", "2000C TRN01", ELIGIBILITY, "TRN*1*=>TRN*2*"),
    pair("trace-origin", "2000C TRN03", ELIGIBILITY, "*1987654321=>*987654321"),
    pair("benefit-percent", "2110C EB08", BENEFITS, "*****0.2=>*****20", "*****0.2=>*****1"),
    pair(
        "benefit-contradiction",
        "2110C EB01",
        BENEFITS,
        "EB*1**30~=>EB*1**30~EB*6**30~",
        "EB*1**30~=>EB*1**30~EB*6**AI~",
    ),
    pair(
        "subscriber-search",
        "2100C NM109",
        ELIGIBILITY,
        ("*MI*MEMBER1=>", "DMG*D8*19800229~=>"),
        "*MI*MEMBER1=>",
    ),
    pair("inquiry-missing", "2000C HL", ELIGIBILITY, "EQ*30^MH~=>"),
    pair(
        "status-search", "2200D TRN", INQUIRY, "AMT*T3*150~=>", ("AMT*T3*150~=>", "REF*EJ=>REF*1K")
    ),
    pair("status-action", "2200D STC03", STATUS, "CLAIM1~STC*A2:20=>CLAIM1~STC*A7:20"),
    pair("provider-claim-count", "2200C QTY02", STATUS, "QTY*QA*1=>QTY*QA*2"),
    pair("batch-claim-count", "2200B QTY02", STATUS, "QTY*90*1=>QTY*90*3"),
    pair("certification-number", "2000E HCR02", REVIEW, "HCR*A1*AUTH1=>HCR*A1", "HCR*A1=>HCR*CT"),
    pair(
        "certification-reason",
        "2000E HCR03",
        REVIEW,
        "HCR*A1*AUTH1=>HCR*A4",
        "HCR*A1*AUTH1=>HCR*A4**0U",
    ),
    pair(
        "service-type-unknown", "2000E UM03", REVIEW, "*I*MH=>*I*ZZ", (), {"service-type": ["MH"]}
    ),
    pair("acknowledgment-count", "999 AK904", _ANSWER, "AK9*A*1*1*1=>AK9*A*2*1*2"),
    pair("payee-npi-check-digit", "1000B N104", REMITTANCE, "XX*1234567893=>XX*1234567894"),
    pair("period-reversed", "2100C DTP03", ELIGIBILITY, "D8*20260304~EQ=>RD8*20260304-20260303~EQ"),
    pair(
        "carc-unknown",
        "2110 CAS02",
        REMITTANCE,
        "CO*45*20=>CO*450*20",
        (),
        {"carc": ["45", "3"]},
    ),
    pair("carc-unknown", "2430 CAS02", OTHER_PAYER, "CO*45*50=>CO*46*50", (), {"carc": ["45"]}),
    pair(
        "rarc-unknown",
        "2110 LQ02",
        REMITTANCE,
        _LOOPS.format("N999"),
        _LOOPS.format("N130"),
        {"rarc": ["N130"]},
    ),
    pair(
        "rarc-unknown",
        "2100 MOA03",
        REMITTANCE,
        "*MI*MEMBER1~=>*MI*MEMBER1~MOA***N999~",
        "*MI*MEMBER1~=>*MI*MEMBER1~MOA***N130~",
        {"rarc": ["N130"]},
    ),
    pair(
        "rarc-unknown",
        "2100 MIA05",
        REMITTANCE,
        "*MI*MEMBER1~=>*MI*MEMBER1~MIA*0****N999~",
        "*MI*MEMBER1~=>*MI*MEMBER1~MIA*0****N130~",
        {"rarc": ["N130"]},
    ),
    pair(
        "claim-status-category-unknown",
        "2200B STC01-1",
        STATUS,
        "BATCH1~STC*A2:20=>BATCH1~STC*A9:20",
        (),
        {"claim-status-category": ["A2"]},
    ),
    pair(
        "claim-status-unknown",
        "2200B STC01-2",
        STATUS,
        "BATCH1~STC*A2:20=>BATCH1~STC*A2:999",
        (),
        {"claim-status": ["20"]},
    ),
    pair(
        "service-type-unknown",
        "2110C EB03",
        BENEFITS,
        "*IND*MH=>*IND*ZZ",
        (),
        {"service-type": ["30", "MH"]},
    ),
    pair(
        "service-type-unknown",
        "2110C EQ01",
        ELIGIBILITY,
        "30^MH=>30^ZZ",
        (),
        {"service-type": ["30", "MH"]},
    ),
    pair("revenue-unknown", "2400 SV201", STAY, "SV2*0124=>SV2*0125", (), {"revenue": ["0124"]}),
    pair(
        "revenue-unknown",
        "2110 SVC04",
        REMITTANCE,
        "*150*120**1=>*150*120*0125*1",
        "*150*120**1=>*150*120*0124*1",
        {"revenue": ["0124"]},
    ),
    pair(
        "taxonomy-unknown",
        "2310B PRV03",
        CLAIM,
        "101YM0800X=>101YM0801X",
        (),
        {"taxonomy": ["101YM0800X"]},
    ),
    pair("hcpcs-unknown", "2400 SV101-2", CLAIM, "HC:90837=>HC:90836", (), {"hcpcs": ["90837"]}),
    pair("hcpcs-unknown", "2400 SV202-2", PROGRAM, "HC:S9480=>HC:S9485", (), {"hcpcs": ["S9480"]}),
    pair(
        "icd-10-cm-unknown",
        "2300 HI02-2",
        CLAIM,
        "ABF:F411=>ABF:F419",
        (),
        {"icd-10-cm": ["F331", "F411"]},
    ),
    pair("pos-unknown", "2300 CLM05-1", CLAIM, "10:B:1=>11:B:1", (), {"pos": ["10"]}),
    pair(
        "condition-unknown",
        "2300 HI01-2",
        PROGRAM,
        _CODED.format("BG:99"),
        _CODED.format("BG:92"),
        {"condition": ["92"]},
    ),
    pair(
        "occurrence-unknown",
        "2300 HI01-2",
        PROGRAM,
        _CODED.format("BH:99:D8:20260101"),
        _CODED.format("BH:11:D8:20260101"),
        {"occurrence": ["11"]},
    ),
    pair(
        "occurrence-span-unknown",
        "2300 HI01-2",
        PROGRAM,
        _CODED.format("BI:99:RD8:20260101-20260102"),
        _CODED.format("BI:74:RD8:20260101-20260102"),
        {"occurrence-span": ["74"]},
    ),
    pair(
        "value-unknown",
        "2300 HI01-2",
        PROGRAM,
        _CODED.format("BE:99:::10"),
        _CODED.format("BE:80:::10"),
        {"value": ["80"]},
    ),
    pair(
        "patient-status-unknown",
        "2300 CL103",
        STAY,
        "CL1*1*1*01=>CL1*1*1*99",
        (),
        {"patient-status": ["01"]},
    ),
    pair(
        "admission-type-unknown",
        "2300 CL101",
        STAY,
        "CL1*1*1*01=>CL1*4*1*01",
        (),
        {"admission-type": ["1"]},
    ),
    pair(
        "point-of-origin-unknown",
        "2300 CL102",
        STAY,
        "CL1*1*1*01=>CL1*1*9*01",
        (),
        {"point-of-origin": ["1"]},
    ),
    pair("bill-type-unknown", "2300 CLM05-1", STAY, "11:A:1=>12:A:1", (), {"bill-type": ["11"]}),
)
