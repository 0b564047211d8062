verdict: accepted-with-errors
MSH|^~\&|PARITY|CLINIC|SCHEDULE|PARITY|20260311120000+0000||ACK^S17^ACK|R0001|P|2.5.1
MSA|AA|SIU00017

MSH|^~\&|PARITY|CLINIC|SCHEDULE|PARITY|20260311120000+0000||ACK^S17^ACK|R0001|P|2.5.1
MSA|AE|SIU00017|the store did not answer
ERR||RGS^1|100^Segment sequence error^HL70357|E||||RGS: A segment the structure requires is missing.
