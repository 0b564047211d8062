// What a user of fhir-kit-client does with a server, step by step; prints what each step found.
import { pathToFileURL } from "node:url";

const { KIT, BASE, TOKEN, TAG } = process.env;
const module = await import(pathToFileURL(KIT));
const Client = module.Client ?? module.default;
const client = new Client({ baseUrl: BASE, bearerToken: TOKEN });
const found = {};
const system = "urn:kit";
const patient = (value, family) => ({
  resourceType: "Patient",
  identifier: [{ system, value: `${TAG}-${value}` }],
  name: [{ family: `${family}${TAG}` }],
});

async function refused(action) {
  try {
    await action();
  } catch (error) {
    const response = error.response ?? {};
    return { status: response.status, type: response.data?.resourceType };
  }
  return { status: 200 };
}

const capability = await client.capabilityStatement();
found.fhirVersion = capability.fhirVersion;

const created = await client.create({ resourceType: "Patient", body: patient("1", "Kit") });
found.created = created.meta.versionId;
const { id } = created;
const read = await client.read({ resourceType: "Patient", id });
found.read = read.name[0].family === `Kit${TAG}`;

const updated = await client.update({
  resourceType: "Patient",
  id,
  body: { ...read, active: true },
});
found.updated = updated.meta.versionId;
const patched = await client.patch({
  resourceType: "Patient",
  id,
  jsonPatch: [{ op: "replace", path: "/active", value: false }],
});
found.patched = [patched.active, patched.meta.versionId];
found.vread = (await client.vread({ resourceType: "Patient", id, version: "1" })).active === undefined;
found.history = (await client.history({ resourceType: "Patient", id })).entry.length;

for (const number of [2, 3, 4]) {
  await client.create({ resourceType: "Patient", body: patient(number, "Kit") });
}
await client.create({
  resourceType: "Observation",
  body: {
    resourceType: "Observation",
    status: "final",
    code: { text: "x" },
    subject: { reference: `Patient/${id}` },
  },
});
const ids = new Set();
let pages = 0;
let page = await client.search({
  resourceType: "Patient",
  searchParams: { family: `Kit${TAG}`, _count: 2 },
});
while (page) {
  pages += 1;
  for (const entry of page.entry ?? []) ids.add(entry.resource.id);
  page = page.link.some((link) => link.relation === "next")
    ? await client.nextPage({ bundle: page })
    : undefined;
}
found.paged = [pages, ids.size];
const included = await client.search({
  resourceType: "Observation",
  searchParams: { patient: id, _include: "Observation:patient" },
});
found.included = included.entry.map((entry) => entry.search.mode);
const posted = await client.search({
  resourceType: "Patient",
  searchParams: { identifier: `${system}|${TAG}-1` },
  options: { postSearch: true },
});
found.posted = posted.entry.length;

const transaction = await client.transaction({
  body: {
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      {
        fullUrl: "urn:uuid:5b8b5a5e-0000-4000-8000-000000000001",
        resource: patient("t", "Bundle"),
        request: { method: "POST", url: "Patient" },
      },
      {
        resource: {
          resourceType: "Observation",
          status: "final",
          code: { text: "x" },
          subject: { reference: "urn:uuid:5b8b5a5e-0000-4000-8000-000000000001" },
        },
        request: { method: "POST", url: "Observation" },
      },
    ],
  },
});
found.transaction = transaction.entry.map((entry) => entry.response.status.slice(0, 3));

found.invalid = await refused(() =>
  client.create({ resourceType: "Patient", body: { resourceType: "Patient", birthDate: "x" } }),
);
found.unknown = await refused(() =>
  client.search({ resourceType: "Patient", searchParams: { nonsense: "1" } }),
);
await client.delete({ resourceType: "Patient", id: [...ids].find((one) => one !== id) });
const gone = [...ids].find((one) => one !== id);
found.gone = await refused(() => client.read({ resourceType: "Patient", id: gone }));
const stranger = new Client({ baseUrl: BASE });
found.stranger = await refused(() => stranger.read({ resourceType: "Patient", id }));

process.stdout.write(JSON.stringify(found));
