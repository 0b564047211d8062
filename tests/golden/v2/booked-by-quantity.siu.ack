verdict: accepted-with-errors
MSH|^~\&|PARITY|CLINIC|SCHEDULE|PARITY|20260311120000+0000||ACK^S12^ACK|R0001|P|2.5.1
MSA|AA|SIU00112

MSH|^~\&|PARITY|CLINIC|SCHEDULE|PARITY|20260311120000+0000||ACK^S12^ACK|R0001|P|2.5.1
MSA|AE|SIU00112|the store did not answer
ERR||RGS^1|100^Segment sequence error^HL70357|E||||RGS: A segment the structure requires is missing.
ERR||SCH^1^16|101^Required field missing^HL70357|E||||SCH-16 Filler contact person: A required field is empty.
ERR||SCH^1^20|101^Required field missing^HL70357|E||||SCH-20 Entered by person: A required field is empty.
