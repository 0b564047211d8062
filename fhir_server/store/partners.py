"""Trading partners: payers, clearinghouses, labs and feeds, each a row of configuration."""

from typing import cast

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.tables import partner as table
from fhir_server.model.partner import Delimiters, Directory, Partner, Party
from fhir_server.outcome import Invalid, NotFound
from fhir_server.store.overlays import partner_overlay
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

__all__ = [
    "Delimiters",
    "Directory",
    "Partner",
    "Party",
    "all_partners",
    "decode_partner",
    "get",
    "of_payer",
    "put",
    "remove",
]

_MEMBERS = TypedReader(dict[str, object])
_PARTNER = TypedReader(Partner)


def put(work: UnitOfWork, partner: Partner) -> None:
    """Add a partner or replace the one with its id. Raises Invalid for an overlay it cannot use."""
    partner_overlay(partner.overlays, partner.id)
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    data = msgspec.json.encode(partner).decode()
    row = {"tenant": work.context.tenant, "id": partner.id, "data": data}
    added = dialect.insert(table).values(row)
    work.change(added.on_conflict_do_update(index_elements=["tenant", "id"], set_={"data": data}))


def get(reader: Reader, id: str) -> Partner:
    """Return a partner. Raises NotFound."""
    own = (table.c.tenant == reader.context.tenant, table.c.id == id)
    rows = reader.rows(select(table.c.data).where(*own))
    if not rows:
        raise NotFound(f"partner {id} is not known")
    return decode_partner(cast("str", rows[0][0]).encode())


def all_partners(reader: Reader) -> list[Partner]:
    """Return the partners by id."""
    own = table.c.tenant == reader.context.tenant
    rows = reader.rows(select(table.c.data).where(own).order_by(table.c.id))
    return [decode_partner(cast("str", row[0]).encode()) for row in rows]


def of_payer(reader: Reader, payer_id: str) -> Partner | None:
    """Return the partner through which a payer is reached."""
    return next((one for one in all_partners(reader) if payer_id in one.payer_ids), None)


def remove(work: UnitOfWork, id: str) -> None:
    """Remove a partner; its exchanges and control numbers stay. Raises NotFound."""
    own = (table.c.tenant == work.context.tenant, table.c.id == id)
    if work.change(delete(table).where(*own)) != 1:
        raise NotFound(f"partner {id} is not known")


def decode_partner(data: bytes) -> Partner:
    """Return the partner of its JSON. Raises Invalid, naming the member that is wrong."""
    try:
        members = _MEMBERS.decode(data)
        transport = members.get("transport")
        if isinstance(transport, dict):
            members["transport"] = {"kind": "directory"} | transport
        return _PARTNER.convert(members)
    except msgspec.ValidationError as error:
        raise Invalid(f"this is no partner: {error}") from None
