"""Synthetic HL7 v2 messages."""


def oru(control: str, *, patient: str, order: str, results: int = 3, value: str = "4.20") -> bytes:
    """Return a laboratory result of one report with this many numeric observations."""
    lines = [
        f"MSH|^~\\&|LIS|TESTLAB|PARITY|CLINIC|20261120101500-0800||ORU^R01^ORU_R01|{control}|P|2.5.1",
        f"PID|1||{patient}^^^TESTLAB^MR||Quill^Nora^J||19900412|F|||9 Pine St^^Port Alder^WA^98368",
        f"ORC|RE|P{order}^CLINIC|{order}^TESTLAB",
        (
            f"OBR|1|P{order}^CLINIC|{order}^TESTLAB|24323-8^Metabolic panel^LN|||"
            "20261120080000-0800|||||||||1999000114^Okafor^Adaeze||||||20261120100000-0800|||F"
        ),
    ]
    lines += [
        f"OBX|{number}|NM|{2340 + number}-0^Analyte {number}^LN||{value}|mmol/L|3.5-5.1|N|||F"
        "|||20261120080000-0800"
        for number in range(1, results + 1)
    ]
    return "\r".join(lines).encode() + b"\r"
