/*
 * What lies on this device alone: letters that the server may not have yet, one record each, and
 * the photos that go with them. A browser may forbid it; whoever calls is told by a rejection and
 * goes on without.
 */
const NAME = "penpal";
const VERSION = 2;
const LETTERS = "letters";
const PHOTOS = "photos";

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const known = asked.result.objectStoreNames;
      if (!known.contains(LETTERS)) asked.result.createObjectStore(LETTERS, { keyPath: "id" });
      if (!known.contains(PHOTOS)) asked.result.createObjectStore(PHOTOS, { keyPath: "key" });
    };
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      const store = asked.result;
      /* Another tab wants everything gone: whoever held on would keep it from going. */
      const close = () => {
        store.close();
        opening = null;
      };
      store.onversionchange = close;
      store.onclose = close;
      resolve(store);
    };
  });
  opening.catch(() => {
    opening = null;
  });
  return opening;
}

async function within(mode, durability, work, where = LETTERS) {
  const store = await open();
  return new Promise((resolve, reject) => {
    const deed = store.transaction([LETTERS, PHOTOS], mode, { durability });
    let found;
    deed.oncomplete = () => resolve(found);
    deed.onerror = () => reject(deed.error);
    deed.onabort = () => reject(deed.error);
    const give = (value) => {
      found = value;
    };
    work(deed.objectStore(where), give, deed.objectStore(PHOTOS));
  });
}

/* Which photos a letter on the device names, in their order. */
export const photosOf = ({ photos }) => (photos ? JSON.parse(photos) : []);

/* The records of everybody who ever wrote on this device. */
export async function everybodys() {
  /* Looking must not make a store where there is none. */
  const known = await indexedDB.databases?.();
  if (known && !known.some(({ name }) => name === NAME)) return [];
  return within("readonly", "relaxed", (letters, give) => {
    letters.getAll().onsuccess = (event) => give(event.target.result);
  });
}

/* All records of one person, the latest first. */
export async function all(person) {
  const found = await everybodys();
  return found
    .filter((record) => record.person === person)
    .sort((one, other) => other.changedAt.localeCompare(one.changedAt));
}

export function get(id) {
  return within("readonly", "relaxed", (letters, give) => {
    letters.get(id).onsuccess = (event) => give(event.target.result);
  });
}

/* With `surely` the promise waits until the words are on the disk, not only on their way there. */
export function put(record, { surely = false } = {}) {
  return within("readwrite", surely ? "strict" : "relaxed", (letters) => {
    letters.put(record);
    letters.transaction.commit?.();
  });
}

/* Takes a letter away, and its photos with it. */
export function remove(id) {
  return within("readwrite", "strict", (letters, _give, photos) => {
    letters.get(id).onsuccess = (event) => {
      for (const { key } of photosOf(event.target.result?.fields ?? {})) photos.delete(key);
      letters.delete(id);
    };
  });
}

/*
 * Reads, changes and writes in one go, so that nothing comes between. A change that gives nothing
 * leaves the record as it is; what the record says afterwards is the answer.
 */
export function change(id, changed) {
  return within("readwrite", "strict", (letters, give) => {
    letters.get(id).onsuccess = (event) => {
      const record = event.target.result;
      const next = record && changed(record);
      give(next || record);
      if (next) letters.put(next);
    };
  });
}

/* A photo: { key, person, blob, at }. */
export function putPhoto(photo) {
  return within("readwrite", "strict", (photos) => photos.put(photo), PHOTOS);
}

export function photo(key) {
  return within("readonly", "relaxed", (photos, give) => {
    photos.get(key).onsuccess = (event) => give(event.target.result);
  }, PHOTOS);
}

export function removePhoto(key) {
  return within("readwrite", "relaxed", (photos) => photos.delete(key), PHOTOS);
}

/* Takes away the photos that no letter names and that were chosen before a moment. */
export function forgetLoosePhotos(before = new Date().toISOString()) {
  return within("readwrite", "relaxed", (letters, _give, photos) => {
    letters.getAll().onsuccess = (found) => {
      const named = new Set(
        found.target.result.flatMap(({ fields }) => photosOf(fields).map(({ key }) => key)),
      );
      photos.openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        const { key, at } = cursor.value;
        if (!named.has(key) && at < before) cursor.delete();
        cursor.continue();
      };
    };
  });
}

/* Takes away what makes this device somebody's: choices, pages, and the worker that would keep more. */
export async function forgetPerson() {
  for (const name of Object.keys(globalThis.localStorage ?? {})) {
    if (name.startsWith("penpal.")) localStorage.removeItem(name);
  }
  const registration = await navigator.serviceWorker?.getRegistration("/");
  registration?.active?.postMessage({ say: "forget" });
  await registration?.unregister();
  await forgetPages(() => true);
}

/* Takes away the letters that do not have to stay. */
export async function forgetLettersBut(hasToStay) {
  const lying = await everybodys();
  const staying = lying.filter(hasToStay);
  for (const { id } of lying.filter((record) => !staying.includes(record))) await remove(id);
  if (staying.length) await forgetLoosePhotos();
  else await forgetLetters();
}

/* Takes away every letter, and the store that they lay in. */
export async function forgetLetters() {
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = resolve;
    asked.onerror = resolve;
    asked.onblocked = resolve;
  });
}

/* Takes away the caches whose names are chosen, where there are caches at all. */
export async function forgetPages(chosen) {
  if (!globalThis.caches) return;
  const names = await caches.keys();
  await Promise.all(names.filter(chosen).map((name) => caches.delete(name)));
}

const PAGES = "pages-";

/* Where pages of a person are kept; its name is how one person's pages are told from another's. */
export const pagesOf = (person) => PAGES + person;
export const isPages = (name) => name.startsWith(PAGES);
export const isOfAnother = (name, person) => isPages(name) && name !== pagesOf(person);

/* Tabs of one device and its worker tell each other when a letter on it changed. */
export function news(listener) {
  if (!globalThis.BroadcastChannel) return { tell() {}, close() {} };
  const channel = new BroadcastChannel("penpal");
  channel.onmessage = (event) => listener?.(event.data);
  return { tell: (said) => channel.postMessage(said), close: () => channel.close() };
}
