/* Pages on the device: kept under the name of the person they belong to, the oldest let go first. */
import { isPages, pagesOf } from "../lib/device.js";

const STAND_IN = "/offline";
const SHEET = "/letters/new";
const FRESH_SHEET = "/letters/new?another=1";
const MOST_PAGES = 300;
const MOST_BYTES = 20_000_000;
const HOUR = 3_600_000;
const LETTER = /^\/letters\/\d+$/;

/* One blank sheet stands for all: what makes it a particular one is added by the composer. */
function addressOf(url) {
  const { pathname, search } = new URL(url, location.origin);
  return pathname === SHEET ? SHEET : pathname + search;
}

export async function keep(person, url, answer, text) {
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("Penpal-Kept-At", new Date().toISOString());
  headers.set("Penpal-Size", text.length);
  headers.set("Penpal-Title", encodeURIComponent(/<title>([^<]*)/.exec(text)?.[1] ?? ""));
  const cache = await caches.open(pagesOf(person));
  await cache.put(addressOf(url), new Response(text, { headers }));
}

async function names() {
  return (await caches.keys()).filter(isPages);
}

/* The page says of itself that it is a kept one, and since when. */
async function marked(kept, person = "") {
  const at = kept.headers.get("Penpal-Kept-At");
  let marks = `<meta name="kept-at" content="${at}">`;
  if (person) {
    marks += `<meta name="person" content="${person}"><meta name="device" content="keeps">`;
  }
  const text = (await kept.text()).replace("<head>", `<head>${marks}`);
  return new Response(text, { headers: kept.headers });
}

export async function find(url) {
  for (const name of await names()) {
    const kept = await caches.match(addressOf(url), { cacheName: name });
    if (kept) return marked(kept);
  }
  return null;
}

/* What comes up when a page is neither to be had nor kept. */
export async function standIn() {
  const kept = await caches.match(STAND_IN, { cacheName: "stand-in" });
  if (!kept) return Response.error();
  const [name = ""] = await names();
  return marked(kept, name.slice(pagesOf("").length));
}

/* It is in the language and the colours of the pages, so it follows when they change. */
export async function renewStandIn(look) {
  const cache = await caches.open("stand-in");
  const kept = await cache.match(STAND_IN);
  if (kept && kept.headers.get("Penpal-Look") === look) return;
  const answer = await fetch(STAND_IN, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) return;
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("Penpal-Kept-At", new Date().toISOString());
  await cache.put(STAND_IN, new Response(await answer.text(), { headers }));
}

/* Addresses worth fetching: a letter once, what changes when it is no longer new. */
export async function missing(person, letters) {
  const cacheName = pagesOf(person);
  const wanted = [];
  for (const path of ["/", "/letters", FRESH_SHEET, ...letters]) {
    const kept = await caches.match(addressOf(path), { cacheName });
    const age = kept && Date.now() - Date.parse(kept.headers.get("Penpal-Kept-At"));
    if (!kept || (!LETTER.test(path) && age > HOUR)) wanted.push(path);
  }
  return wanted;
}

export async function trim(person) {
  /* Opening would make anew what was taken away meanwhile. */
  if (!(await caches.has(pagesOf(person)))) return;
  const cache = await caches.open(pagesOf(person));
  const requests = (await cache.keys()).reverse();
  let bytes = 0;
  for (const [place, request] of requests.entries()) {
    const kept = await cache.match(request);
    bytes += Number(kept?.headers.get("Penpal-Size")) * 2;
    if (place >= MOST_PAGES || bytes > MOST_BYTES) await cache.delete(request);
  }
}
