verdict: accepted-with-errors
MSH|^~\&|PARITY|CLINIC|BILLING|PARITY|20260311120000+0000||ACK^P10^ACK|R0001|P|2.5.1
MSA|AA|BAR00010

MSH|^~\&|PARITY|CLINIC|BILLING|PARITY|20260311120000+0000||ACK^P10^ACK|R0001|P|2.5.1
MSA|AE|BAR00010|the store did not answer
ERR||GP1^1|100^Segment sequence error^HL70357|E||||GP1: A segment the structure requires is missing.
