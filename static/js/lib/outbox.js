/*
 * Brings letters from this device to the server, each of them once. A record is
 * { id, person, key, revision, fields, saved, pending, state, … }: `saved` is what the server
 * acknowledged, `pending` what was sent to it and not answered yet, `why` the server's words where
 * it would not take what stands in `refused`.
 *
 * An answer can get lost on its way back. So the words of an unanswered request are sent again
 * before newer ones: the server knows them for the same, and takes nobody's newer page for an
 * older one.
 */
import * as device from "./device.js";
import { ask, who } from "./line.js";
import { bringAll, forServer, hasPhotosToBring } from "./photos.js";

const DRAFTS = "/letters/drafts/";
const LETTERS = "/letters";
const MOST_STEPS = 5;
const DAY = 86_400_000;

/* Letters begun from one kept sheet must never share their key. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const isDirty = (record) =>
  record.pending !== null || record.saved !== JSON.stringify(record.fields);

/* What is said in a chat: its lines go one after another, and an open room sends its own. */
export const isChat = (record) => record.kind === "chat";

/*
 * What was noted in a book or said in a chat, which is no letter: it is brought as it is, once, and
 * never saved as a draft.
 */
export const isEntry = (record) => record.kind === "book" || isChat(record);

/* Whether a record is to be brought to the server; what was refused waits until it is changed. */
export const isWaiting = (record) =>
  (isEntry(record) ? !record.refused && !record.dropped : isLetterWaiting(record));

const isLetterWaiting = (record) =>
  record.state === "held" ||
  ((isDirty(record) || hasPhotosToBring(record)) &&
    record.refused !== JSON.stringify(record.fields));

/* Words that are nowhere but here, also those that the server would not take. */
export const isNowhereElse = (record) =>
  (isEntry(record) && !record.dropped) ||
  hasPhotosToBring(record) ||
  ((record.state === "held" || isDirty(record)) && record.fields.body.trim() !== "");

/* The letter of this key is gone already, with other words: these become one of their own. */
function beginAnew(record) {
  Object.assign(record, {
    key: freshKey(),
    revision: 0,
    saved: null,
    pending: null,
    edit: "",
    state: "draft",
  });
}

/* One step towards the server having these words. `store` writes the record down meanwhile. */
export async function save(record, store, { leaving = false } = {}) {
  const attempt = record.pending ?? { ...record.fields };
  record.pending = attempt;
  const stored = store(record);
  if (!leaving) await stored;
  const url = DRAFTS + encodeURIComponent(record.key);
  const sent = { ...forServer(record, attempt), revision: record.revision };
  const answer = await ask("PUT", url, sent, record.person, { keepalive: leaving });
  if (answer.kind === "ok") return take(record, attempt, answer.said, store);
  if (answer.kind === "refused") return refuse(record, attempt, answer, store);
  return answer;
}

async function take(record, attempt, said, store) {
  if (said.sent && same(attempt, record.fields)) return { kind: "sent", url: said.url };
  if (said.sent) {
    beginAnew(record);
    await store(record);
    return { kind: "anew", message: "" };
  }
  Object.assign(record, {
    key: said.key,
    revision: said.revision,
    saved: JSON.stringify(attempt),
    pending: null,
    refused: "",
    edit: said.url,
    beside: said.forked ? said.beside : (record.beside ?? ""),
  });
  await store(record);
  return { kind: "saved", said };
}

async function refuse(record, attempt, { status, said }, store) {
  const message = Object.values(said?.fields ?? {})[0] ?? said?.error ?? "";
  if (status === 409) {
    beginAnew(record);
    await store(record);
    return { kind: "anew", message };
  }
  const refused = JSON.stringify(attempt);
  Object.assign(record, { pending: null, state: "draft", refused, why: message });
  await store(record);
  return { kind: "refused", message };
}

/* Brings the photos of a letter to the server; one that it will not take keeps the letter here. */
async function bringPhotos(record, store) {
  const outcome = await bringAll(record, store);
  if (outcome.kind !== "refused") return outcome;
  return { ...(await refuse(record, record.fields, outcome, store)), photo: true };
}

/* Sends a held letter. What was unanswered before is settled first, and its photos go ahead of it. */
export async function deliver(record, store) {
  const brought = await bringPhotos(record, store);
  if (brought.kind !== "ok") return brought;
  if (record.pending && !same(record.pending, record.fields)) {
    const outcome = await save(record, store);
    if (outcome.kind !== "saved") return outcome;
  }
  const { key, revision, fields } = record;
  const sent = { ...forServer(record, fields), key, revision, action: "send" };
  const answer = await ask("POST", LETTERS, sent, record.person);
  if (answer.kind === "ok") return { kind: "sent", url: answer.said.url };
  if (answer.kind === "refused") return refuse(record, fields, answer, store);
  return answer;
}

/*
 * Whether letters may lie on this device: where the server says so, and where tabs can keep out of
 * each other's way. Without locks one tab would write older words over newer ones.
 */
export const keepsHere = () =>
  document.querySelector('meta[name="device"]')?.content === "keeps" && Boolean(navigator.locks);

/* Runs work that only one tab or worker may do at a time; false when another is at it. */
async function alone(name, work) {
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : false));
}

/* Under which name an open page looks after a record: a room after all that is said in it. */
export const roomOf = (pair) => `room:${pair}`;
const openAs = (record) => `open:${isChat(record) ? roomOf(record.pair) : record.id}`;

/* Whether a composer or a room somewhere has this record open: then it looks after it. */
async function isOpen(record) {
  const { held } = await navigator.locks.query();
  return held.some((lock) => lock.name === openAs(record));
}

/* Claims a letter for an open composer; gives what lets go of it, or null when a tab has it. */
export async function claim(id) {
  return new Promise((resolve) => {
    navigator.locks.request(`open:${id}`, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise((letGo) => resolve(letGo));
    });
  });
}

/* Waits, but not for ever, until nobody is bringing this letter to the server. */
export async function quiet(id, patience = 3_000) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), patience);
  try {
    return await navigator.locks.request(`letter:${id}`, { signal: giveUp.signal }, () => true);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/* Takes a letter back that waits to be sent; gives it as it is then. While it is sent it is late. */
export async function takeBack(id) {
  return alone(`letter:${id}`, () =>
    device.change(id, (record) => record.state === "held" && { ...record, state: "draft" }),
  );
}

/*
 * Brings everything of this person that no open composer looks after. Gives idle when nothing is
 * left, busy when somebody else is at it, or why it had to stop.
 */
export async function settle(person) {
  const news = device.news();
  try {
    const kind = await alone("outbox", () => settleAll(person, news));
    return kind || "busy";
  } finally {
    news.close();
  }
}

/* What is said in a chat comes last, and in the order in which it was said. */
function inOrder(records) {
  const said = records.filter(isChat).reverse();
  return [...records.filter((record) => !isChat(record)), ...said];
}

async function settleAll(person, news) {
  const records = inOrder((await device.all(person)).filter(isWaiting));
  if (!records.length) return "idle";
  const now = await who();
  if (now.state !== "in") return now.state === "out" ? "signin" : "down";
  if (now.person !== person) return "stranger";
  let kind = "idle";
  for (const record of records) {
    const { id } = record;
    const stopped = await alone(`letter:${id}`, async () => {
      if (await isOpen(record)) return "";
      return settleOne(id, news);
    });
    /* A letter that the server stumbles over does not keep the others from going. */
    if (stopped === "trouble" && !isChat(record)) kind = stopped;
    else if (stopped) return stopped;
  }
  return kind;
}

/* A draft that nobody has open is saved with its photos. */
async function saveWhole(record, store) {
  const brought = await bringPhotos(record, store);
  return brought.kind === "ok" ? save(record, store) : brought;
}

/* Brings what was noted in a book; its key keeps the server from taking it down twice. */
async function bringEntry(record, store) {
  const answer = await ask("POST", record.url, record.fields, record.person);
  /* A chat answers in one shape, whether it took the line or not. */
  if (answer.said?.why === "unavailable") return { kind: "trouble" };
  if (answer.kind === "ok" && answer.said.ok === false) {
    const { why, words, findings } = answer.said;
    await store({ ...record, refused: why, why: words, findings });
    return { kind: "refused", message: words };
  }
  if (answer.kind === "ok") return { kind: "sent", url: answer.said.url };
  if (answer.kind !== "refused") return answer;
  const why = Object.values(answer.said?.fields ?? {})[0] ?? answer.said?.error ?? "";
  await store({ ...record, refused: "yes", why });
  return { kind: "refused", message: why };
}

function wayOf(record) {
  if (isEntry(record)) return bringEntry;
  return record.state === "held" ? deliver : saveWhole;
}

function saidOf(record) {
  if (isChat(record)) return "said";
  return isEntry(record) ? "noted" : "sent";
}

async function settleOne(id, news) {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const record = await device.get(id);
    if (!record || !isWaiting(record)) return "";
    const store = (changed) => device.put(changed, { surely: true });
    const outcome = await wayOf(record)(record, store);
    if (outcome.kind === "sent") {
      await device.remove(id);
      news.tell({ say: saidOf(record), id, url: outcome.url, title: record.title });
      return "";
    }
    news.tell({ say: "changed", id, message: outcome.message ?? "" });
    if (!["saved", "anew", "refused"].includes(outcome.kind)) return outcome.kind;
  }
  return "";
}

/*
 * Forgets what the server has: a draft that is no longer among the drafts there was sent or thrown
 * away on another device.
 */
export async function tidy(person, drafts) {
  for (const { id } of await device.all(person)) {
    await alone(`letter:${id}`, async () => {
      const record = await device.get(id);
      if (!record || isDirty(record) || hasPhotosToBring(record) || record.state === "held" || (await isOpen(record))) return;
      if (!drafts.includes(record.key)) await device.remove(id);
    });
  }
  await device.forgetLoosePhotos(new Date(Date.now() - DAY).toISOString());
}
