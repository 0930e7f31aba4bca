/*
 * Brings what is noted in a book to the server, and keeps it on one's own device while there is no
 * line. With photos, on a shared device or without scripts the form goes its ordinary way.
 */
import * as device from "../lib/device.js";
import { ask } from "../lib/line.js";
import { listening } from "../lib/listen.js";
import { freshKey, keepsHere } from "../lib/outbox.js";

const NOT_NOW = new Set(["down", "trouble", "signin", "stranger"]);
const NOT_OURS = new Set(["csrf_token", "photos", "photo"]);

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/* Photos are brought by their own way, which keeps them too; only words go this one. */
const hasPhotos = (data) => data.has("photo_id") || Boolean(data.get("photo")?.size);

export function connect(form) {
  const { on, off } = listening();
  let busy = false;

  /* A page that lies on the device may be used twice: each time is a note of its own. */
  function entry(data, key, label) {
    const fields = Object.fromEntries([...data].filter(([name]) => !NOT_OURS.has(name)));
    return {
      id: `book:${key}`,
      kind: "book",
      person: meta("person"),
      url: new URL(form.action).pathname,
      page: `/books/${form.dataset.book}`,
      title: form.dataset.title,
      label,
      fields: { ...fields, key },
      changedAt: new Date().toISOString(),
    };
  }

  /* By the time it is brought its reader may have gone on elsewhere: the server is told when this was meant. */
  function told(record) {
    return { ...record, fields: { ...record.fields, said_at: record.changedAt } };
  }

  async function keep(record) {
    await device.put(record, { surely: true });
    const { active } = (await navigator.serviceWorker?.getRegistration("/")) ?? {};
    if (active) (await navigator.serviceWorker.ready).sync?.register("outbox").catch(() => {});
    const news = device.news();
    news.tell({ say: "changed", id: record.id });
    news.close();
    form.querySelectorAll("textarea").forEach((area) => {
      area.value = "";
    });
    location.assign(record.page);
  }

  on(form, "submit", async (event) => {
    const data = new FormData(form);
    /* To ask a teacher takes a line: nobody would hear of it meanwhile. */
    if (!keepsHere() || hasPhotos(data) || event.submitter?.value === "ask") return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    const record = entry(data, freshKey(), event.submitter?.textContent.trim() ?? "");
    try {
      const answer = await ask("POST", record.url, record.fields, record.person);
      if (answer.kind === "ok") location.assign(answer.said.url);
      /* What the server says of a field stands beside it on the page that it draws. */
      else if (NOT_NOW.has(answer.kind)) await keep(told(record));
      else form.submit();
    } catch {
      form.submit();
    } finally {
      busy = false;
    }
  });
  return off;
}
