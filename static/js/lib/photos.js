/*
 * Photos on their way to the server, one after another, each once: it has a name from the moment it
 * is chosen, and the server knows by that name what it was sent before. The record of a letter lists
 * its photos as { key, id, description }; `id` is 0 until the server has it, `brought` in the record
 * remembers what came through meanwhile.
 */
import * as device from "./device.js";
import { ask } from "./line.js";

const PHOTOS = "/photos";
/* Where no progress is told, so long may one photo take on the slowest line. */
const PATIENCE = 300_000;

const lying = new Map();
const underWay = new Map();
let line = Promise.resolve();

/* Holds a photo on this page, and on the device where it may lie there; gives whether it does. */
export async function hold(key, blob, person, keeps) {
  lying.set(key, blob);
  if (!keeps) return false;
  try {
    await device.putPhoto({ key, person, blob, at: new Date().toISOString() });
    return true;
  } catch {
    return false;
  }
}

export async function find(key) {
  return lying.get(key) ?? (await device.photo(key).catch(() => null))?.blob ?? null;
}

export function letGo(key, keeps) {
  lying.delete(key);
  if (keeps) device.removePhoto(key).catch(() => {});
}

/*
 * Brings one photo; whoever asks for one that is under way waits for the same. The answer is that of
 * ask().
 */
export function bring(key, blob, person, how = {}) {
  const going = underWay.get(key);
  if (going) return going;
  const coming = line.then(() => {
    if (how.signal?.aborted) return { kind: "down" };
    how.onBegun?.();
    return ask("POST", PHOTOS, { key, photo: blob }, person, { patience: PATIENCE, ...how });
  });
  underWay.set(key, coming);
  line = coming.catch(() => {});
  coming.finally(() => underWay.delete(key)).catch(() => {});
  return coming;
}

const idOf = (record, { key, id }) => id || record.brought?.[key] || 0;

const toBring = (record) => device.photosOf(record.fields).filter((each) => !idOf(record, each));

export const hasPhotosToBring = (record) => toBring(record).length > 0;

/* Brings what is missing of a letter. Gives ok, or why it had to stop. */
export async function bringAll(record, store) {
  for (const { key } of toBring(record)) {
    const blob = await find(key);
    if (!blob) return { kind: "refused", status: 422, said: null };
    const answer = await bring(key, blob, record.person);
    if (answer.kind !== "ok") return answer;
    record.brought = { ...record.brought, [key]: answer.said.id };
  }
  const listed = device.photosOf(record.fields);
  if (listed.some((each) => !each.id)) {
    const whole = listed.map((each) => ({ ...each, id: idOf(record, each) }));
    record.fields = { ...record.fields, photos: JSON.stringify(whole) };
    await store(record);
  }
  return { kind: "ok" };
}

/* The fields as the server reads them. A photo that is not there yet comes with a later save. */
export function forServer(record, { photos, ...fields }) {
  if (photos === undefined) return fields;
  const sent = { ...fields, photos: "shown", photo_id: [] };
  for (const each of JSON.parse(photos)) {
    const id = idOf(record, each);
    if (!id) continue;
    sent.photo_id.push(id);
    sent[`photo_description_${id}`] = each.description;
  }
  return sent;
}
