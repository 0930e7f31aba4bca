/*
 * Stands between the pages and the line: keeps what a person may keep on their own device, and
 * gives it when there is no line. What is kept is for the server to say, page by page.
 */
import { forgetPages, isOfAnother, isPages, pagesOf } from "../lib/device.js";
import { who } from "../lib/line.js";
import { settle, tidy } from "../lib/outbox.js";
import * as files from "./files.js";
import * as pages from "./pages.js";

const PATIENCE = 4_000;
const BETWEEN_FETCHES = 250;
const NO_WAY_THROUGH = new Set([502, 503, 504]);

const DOORS = new Set(["/sign-in", "/activate"]);

/* Whether the last page was one of which nothing is kept. */
let silent = false;
/* Somebody left this device: from then on this worker keeps nothing, whatever is still on its way. */
let gone = false;
/* Counts who came in by the door: what was asked for before is of whoever was here then. */
let comings = 0;

const isOver = (since) => gone || since !== comings;

const pause = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

/* Does what the server says about the device, and keeps the page where it may be kept. */
async function heed(url, answer, since) {
  const person = answer.headers.get("Penpal-Person");
  if (!person || isOver(since)) return;
  silent = person === "left" || person === "shared";
  await forgetPages((name) => isOfAnother(name, person));
  if (answer.headers.get("Penpal-Keep") !== "yes" || answer.redirected) return;
  const text = await answer.text();
  if (isOver(since)) return;
  await pages.keep(person, url, answer, text);
  if (isOver(since)) {
    await caches.delete(pagesOf(person));
    return;
  }
  await files.keepNamedIn(text, () => silent || isOver(since));
  if (!isOver(since)) await pages.renewStandIn(answer.headers.get("Penpal-Look"));
}

/* Whoever comes in next is shown nothing of those before, even when their own page is late. */
async function comeIn() {
  comings += 1;
  await forgetPages(isPages);
}

/* From the line while it answers in time, else from the device, else what says that neither can. */
async function page(event) {
  const { request } = event;
  const since = comings;
  const fresh = fetch(request).then(async (answer) => {
    event.waitUntil(heed(request.url, answer.clone(), since).catch(() => {}));
    const door = request.method === "POST" && DOORS.has(new URL(request.url).pathname);
    if (door && answer.type === "opaqueredirect") await comeIn().catch(() => {});
    return answer;
  });
  if (request.method !== "GET") return fresh.catch(() => pages.standIn());
  const late = pause(PATIENCE).then(() => null);
  const first = await Promise.race([fresh, late]).catch(() => null);
  if (first && !NO_WAY_THROUGH.has(first.status)) return first;
  const kept = await pages.find(request.url);
  if (kept) return kept;
  return first ?? fresh.catch(() => pages.standIn());
}

/* What a child would miss first is fetched while there is a line, a little at a time. */
async function ahead() {
  const since = comings;
  const now = await who();
  if (now.state !== "in" || !now.keeps) return;
  await tidy(now.person, now.drafts);
  for (const path of await pages.missing(now.person, now.pages)) {
    if (silent || isOver(since)) return;
    const url = new URL(path, location.origin).href;
    const answer = await fetch(url, {
      credentials: "same-origin",
      redirect: "manual",
      /* Nobody looks at it yet, so what tells of it stays new. */
      headers: { "Penpal-Keeping": "1" },
    });
    if (answer.type !== "opaqueredirect") await heed(url, answer, since);
    await pause(BETWEEN_FETCHES);
  }
  if (!isOver(since)) await pages.trim(now.person);
}

/* Background Sync asks again later when this fails. */
async function bring() {
  const now = await who();
  if (now.state === "down") throw new Error("There is no line yet.");
  if (now.state === "in" && (await settle(now.person)) === "down") {
    throw new Error("The line went down again.");
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([files.keepShell(), pages.renewStandIn("")]));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(files.dropOld().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.method === "GET" && files.isBuilt(url.pathname)) {
    event.respondWith(files.give(url.pathname, () => silent || gone));
  }
});

self.addEventListener("message", (event) => {
  if (event.data?.say === "forget") gone = true;
  if (event.data?.say === "ahead") event.waitUntil(ahead().catch(() => {}));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(bring());
});
