"""Claims that share much and not all, as those of a practice do: for files of many."""

HEADING = (
    b"ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          *260304*1030*^*00501*"
    b"000000007*0*T*:~GS*HC*CLINIC*PAYER*20260304*1030*5*X*005010X222A1~"
    b"ST*837*0001*005010X222A1~BHT*0019*00*BATCH1*20260304*1030*CH~"
    b"NM1*41*2*RIVER CLINIC*****46*CLINIC~PER*IC*BILLING OFFICE*TE*2175550100~"
    b"NM1*40*2*ACME HEALTH*****46*PAYER~HL*1**20*1~NM1*85*2*RIVER CLINIC*****XX*1902843105~"
    b"N3*2 RIVER RD~N4*SPRINGFIELD*IL*627010000~REF*EI*987654321~"
)
ENDING = b"SE*%d*0001~GE*1*5~IEA*1*000000007~"
_SERVICES = (b"HC:90834*110", b"HC:90837:95*150", b"HC:99213:25*95")


def claim_segments(number: int) -> list[bytes]:
    """Return a subscriber with one claim of two lines; its level is the second, under the first."""
    text = b"%d" % number
    return [
        b"HL*2*1*22*0",
        b"SBR*P*18*GRP%d******CI" % (number % 3),
        b"NM1*IL*1*DOE*JO%s****MI*M%s" % (b"ABCDEFGHIJKL"[number % 12 :][:1], text),
        b"N3*%s OAK ST" % text,
        b"N4*SPRINGFIELD*IL*62701",
        b"DMG*D8*198%d0229*F" % (number % 3 * 4),
        b"NM1*PR*2*ACME HEALTH*****PI*ACME1",
        b"CLM*C%s*260***11:B:1*Y*A*Y*Y" % text,
        b"HI*ABK:F33%d*ABF:F411" % (number % 3),
        b"NM1*82*1*RIVERA*ANA****XX*1245319599",
        b"PRV*PE*PXC*101YM0800X",
        b"LX*1",
        b"SV1*%s*UN*1***1" % _SERVICES[number % 3],
        b"DTP*472*D8*2026030%d" % (number % 3 + 1),
        b"REF*6R*L%sA" % text,
        b"LX*2",
        b"SV1*HC:90785*15*UN*1***2",
        b"DTP*472*D8*2026030%d" % (number % 3 + 1),
        b"REF*6R*L%sB" % text,
    ]
