/* Which letter a composer's page is about: what it shows, or what lies on the device. */
import * as device from "./device.js";
import { claim, freshKey, isDirty, quiet } from "./outbox.js";

const NOT_WORDS = new Set([
  "csrf_token",
  "key",
  "revision",
  "action",
  "asking",
  "take_out",
]);

/* Fields of photos: a record names its photos in a list of its own. */
const isPhotos = (name) => name === "photo" || name === "photos" || name.startsWith("photo_");

const field = (form, name) => form.elements.namedItem(name);

/* Everything that the writer chose or typed, whatever fields the form has. */
export function read(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (!NOT_WORDS.has(name) && !isPhotos(name)) fields[name] = value;
  }
  const list = form.querySelector("[data-photos-list]");
  if (list) fields.photos = JSON.stringify(photosIn(list));
  return fields;
}

/* The chosen photos: by the name that the device gave each, and by the server's where it has it. */
function photosIn(list) {
  return [...list.children].map((line) => ({
    key: line.dataset.key,
    id: Number(line.dataset.id) || 0,
    description: line.querySelector("textarea").value,
  }));
}

/* Puts the words of a record into the form, and lets other behaviours know. */
export function fill(form, { key, revision, fields }) {
  identify(form, { key, revision });
  for (const element of form.elements) {
    if (!element.name || NOT_WORDS.has(element.name) || isPhotos(element.name)) continue;
    const value = fields[element.name];
    if (element.type === "radio" || element.type === "checkbox") {
      element.checked = element.value === value;
    } else {
      element.value = value ?? "";
    }
  }
  if (fields.photos !== undefined) {
    form.dispatchEvent(new CustomEvent("photos", { detail: JSON.parse(fields.photos) }));
  }
  for (const element of form.elements) {
    if (element.tagName === "TEXTAREA") element.dispatchEvent(new Event("input"));
    else if (element.checked) element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function identify(form, { key, revision }) {
  field(form, "key").value = key;
  field(form, "revision").value = revision;
}

function fromPage(form, person, id, key, revision) {
  const fields = read(form);
  return {
    id,
    person,
    key,
    revision,
    fields,
    saved: revision ? JSON.stringify(fields) : null,
    pending: null,
    refused: "",
    state: "draft",
    edit: "",
    beside: "",
    title: document.querySelector("h1")?.textContent ?? "",
    changedAt: new Date().toISOString(),
  };
}

/* Letters on the device that this page may be about, the likeliest first. */
function candidates(records, { key, pair, fromShell }) {
  const asked = new URL(location.href).searchParams;
  if (asked.has("device")) return records.filter((record) => record.id === asked.get("device"));
  if (!fromShell) return records.filter((record) => record.key === key);
  if (asked.has("another")) return [];
  const answering = asked.get("reply_to");
  return records
    .filter((record) => record.fields.pair === pair)
    .filter((record) => !answering || record.fields.in_reply_to === answering)
    .slice(0, 1);
}

/* A browser may forbid what a device keeps; then the page is all there is. */
async function lying(person) {
  try {
    return await device.all(person);
  } catch {
    return [];
  }
}

/*
 * Gives { record, letGo, found }: `found` says that the record lay on the device and is to be shown
 * in place of what the page shows. Each open composer has a record to itself.
 */
export async function open(form, person, kept) {
  const key = field(form, "key").value;
  const revision = Number(field(form, "revision").value);
  const pair = field(form, "pair").value;
  const fromShell = kept && revision === 0;
  for (const { id } of candidates(await lying(person), { key, pair, fromShell })) {
    const letGo = await claim(id);
    if (!letGo) continue;
    const record = (await quiet(id)) && (await device.get(id));
    if (record) return { record, letGo, ...asShown(form, record, { key, kept, revision }) };
    letGo();
  }
  /* The page of a sheet that lies on the device was begun before, perhaps more than once. */
  const own = fromShell ? freshKey() : key;
  const answering = new URL(location.href).searchParams.get("reply_to");
  if (fromShell && answering) field(form, "in_reply_to").value = answering;
  let id = `${person}/${own}`;
  let letGo = (await unknown(id)) && (await claim(id));
  if (!letGo) {
    id = `${id}/${freshKey()}`;
    letGo = await claim(id);
  }
  identify(form, { key: own, revision });
  return { record: fromPage(form, person, id, own, revision), letGo, found: false };
}

async function unknown(id) {
  try {
    return !(await device.get(id));
  } catch {
    return true;
  }
}

/* The server's page is the newer one when the device has nothing that the server has not. */
function asShown(form, record, { key, kept, revision }) {
  if (record.state === "held" || isDirty(record) || record.key !== key) return { found: true };
  if (kept && record.revision >= revision) return { found: true };
  Object.assign(record, { revision, fields: read(form) });
  record.saved = JSON.stringify(record.fields);
  return { found: false };
}
