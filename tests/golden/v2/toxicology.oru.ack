verdict: accepted-with-errors
MSH|^~\&|PARITY|CLINIC|TOXLAB|MAIN^2.16.840.1.113883.19.4.6^ISO|20260311120000+0000||ACK^R01^ACK|R0001|P|2.5.1||||||UNICODE UTF-8
MSA|CA|TOX0001

MSH|^~\&|PARITY|CLINIC|TOXLAB|MAIN^2.16.840.1.113883.19.4.6^ISO|20260311120000+0000||ACK^R01^ACK|R0001|P|2.5.1||||||UNICODE UTF-8
MSA|CE|TOX0001|the store did not answer
ERR||OBX^4^5^1|102^Data type error^HL70357|E||||OBX-5 Observation value: The value does not have the format of its data type.
