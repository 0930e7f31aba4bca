/*
 * Built files: their names change with their content, so one that is kept never needs asking for
 * again. BUILT says which name is which; the build puts it here.
 */
/* global BUILT */
const CACHE = "files";
const FOLDER = "/static/dist/";
const SHELL = ["app.css", "boot.js", "icons.svg", "favicon.svg", "check.svg", "check-dark.svg"];
const HASHED = /^(.*)-[0-9A-Za-z]{8}(\.\w+)$/;
const NAMED = /\/static\/dist\/[\w./-]+/g;

const current = new Set(Object.values(BUILT));

export const isBuilt = (path) => path.startsWith(FOLDER);

export async function keepShell() {
  const names = SHELL.map((name) => BUILT[name]).filter(Boolean);
  const cache = await caches.open(CACHE);
  await cache.addAll(names.map((name) => FOLDER + name));
}

/* Stamps stay: a kept page may show one that the next build no longer has. */
export async function dropOld() {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const name = new URL(request.url).pathname.slice(FOLDER.length);
    if (!name.startsWith("stamps/") && !current.has(name)) await cache.delete(request);
  }
}

/* A page kept from an older build asks for its files by their old names; today's have to do. */
async function alike(cache, path) {
  const [, stem, ending] = HASHED.exec(path.slice(FOLDER.length)) ?? [];
  const name = BUILT[`${stem}${ending}`];
  return name && cache.match(FOLDER + name);
}

export async function give(path, silent) {
  const kept = await caches.match(path, { cacheName: CACHE });
  if (kept) return kept;
  try {
    const answer = await fetch(path);
    if (answer.ok && !silent()) {
      const cache = await caches.open(CACHE);
      await cache.put(path, answer.clone());
    }
    return answer;
  } catch {
    const cache = await caches.open(CACHE);
    return (await alike(cache, path)) ?? Response.error();
  }
}

/* A page fetched ahead was never drawn, so what it shows has to be fetched as well. */
export async function keepNamedIn(text, silent) {
  for (const [path] of text.matchAll(NAMED)) {
    if (silent()) return;
    const kept = await caches.match(path, { cacheName: CACHE });
    if (!kept && !path.endsWith(".js")) await give(path, silent);
  }
}
