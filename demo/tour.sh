TOKEN=$$(.venv/bin/parity token --client-id $CLIENT_ID --client-secret $CLIENT_SECRET)
get() { curl -s -H "Authorization: Bearer $$TOKEN" "$BASE/fhir/$$1"; echo; }

# Which claims were paid, which denied?
get "Claim?state=paid&_summary=count"
get "Claim?state=denied,rejected"

# What left for the payer, in words; and what it answered
.venv/bin/parity x12 emit Claim/v02 > /tmp/v02.x12
.venv/bin/parity x12 explain /tmp/v02.x12
get "ClaimResponse?request=Claim/v02"

# A laboratory sends a lithium level; it is found at once
.venv/bin/parity v2 send demo/lithium.hl7 --to $MLLP
get "Observation?patient=Patient/p08&code=http://loinc.org|14334-7"

# Leave with everything, and prove that it is whole
PACKAGE=$$(mktemp -d)/practice
.venv/bin/parity export --out "$$PACKAGE"
.venv/bin/parity verify "$$PACKAGE"
