from fhir_server.search.key import hash_widely, key, self_key, url_key


def test_keys_are_those_already_stored() -> None:
    assert key(1, "Patient", "identifier", "urn:mrn", "12345") == -765319145168534894
    assert self_key(1, "Patient", "example") == 4587795682929458785


def test_keys_are_signed_64_bit_numbers() -> None:
    keys = [key(1, "Patient", "name", str(number)) for number in range(200)]
    assert all(-(2**63) <= one < 2**63 for one in keys)
    assert any(one < 0 for one in keys)


def test_tenants_types_parameters_and_values_have_keys_of_their_own() -> None:
    keys = {
        key(1, "Patient", "name"),
        key(2, "Patient", "name"),
        key(1, "Person", "name"),
        key(1, "Patient", "family"),
        key(1, "Patient", "name", ""),
        key(1, "Patient", "name", "a", "b"),
        key(1, "Patient", "name", "a|b"),
        key(1, "Patient", "name", "ab"),
        self_key(1, "Patient", "name"),
        url_key(1, "Patient/name"),
    }
    assert len(keys) == 10


def test_wide_keys_tell_apart_what_64_bits_may_not() -> None:
    assert hash_widely("a") != hash_widely("b")
    assert hash_widely("a") > 2**200
