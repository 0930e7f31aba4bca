/*
 * Looks after what lies on this device: shows letters that wait for a line, brings them to the
 * server when there is one, keeps pages for the time when there is none, and forgets it when
 * somebody leaves or the device is a shared one.
 */
import * as device from "../lib/device.js";
import { keptAt } from "../lib/line.js";
import { listening } from "../lib/listen.js";
import { isChat, isEntry, isNowhereElse, keepsHere, settle, takeBack } from "../lib/outbox.js";

const FIRST_RETRY = 5_000;
const LAST_RETRY = 60_000;
/* Forty children open the same page at eight; what they fetch ahead is spread over a while. */
const AHEAD_AFTER = 2_000;
const AHEAD_WITHIN = 6_000;
const EXCERPT = 80;
const LISTS = new Set(["/", "/letters", "/offline"]);

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/* Whoever signed out was asked; on a shared device nobody was, and words that are nowhere else stay. */
async function leaveNothing(state, person) {
  const news = device.news();
  news.tell({ say: "left" });
  await device.forgetPerson();
  if (state === "left") await device.forgetLetters();
  else {
    await settle(person).catch(() => {});
    await device.forgetLettersBut(isNowhereElse).catch(() => {});
  }
  news.close();
}

function keepPages(person) {
  device.forgetPages((name) => device.isOfAnother(name, person));
  navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
}

function fetchAhead() {
  const { connection, serviceWorker } = navigator;
  if (!serviceWorker || connection?.saveData || keptAt()) return () => {};
  const timer = setTimeout(async () => {
    const { active } = await serviceWorker.ready;
    active.postMessage({ say: "ahead" });
  }, AHEAD_AFTER + Math.random() * (AHEAD_WITHIN - AHEAD_AFTER));
  return () => clearTimeout(timer);
}

function look(region) {
  const { on, off } = listening();
  const person = meta("person");
  const part = (name) => region.querySelector(`[data-device-${name}]`);
  const texts = region.dataset;
  const writing = document.querySelector('[data-behaviour~="composer"]');
  const talking = document.querySelector("[data-chat-outbox]");
  let timer = 0;
  let pause = FIRST_RETRY;
  let left = false;

  function time(iso) {
    const shape = { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" };
    const options = { ...shape, hourCycle: "h23" };
    return new Date(iso).toLocaleString(document.documentElement.lang, options);
  }

  function card(record) {
    const held = record.state === "held";
    const line = part("letter").content.cloneNode(true).firstElementChild;
    const within = (name) => line.querySelector(`[data-part="${name}"]`);
    within("title").textContent = record.title;
    within("state").textContent = held ? texts.textHeld : texts.textDraft;
    const words = record.fields.body.trim();
    within("words").textContent = words.length > EXCERPT ? `${words.slice(0, EXCERPT)}…` : words;
    within("time").textContent = time(record.changedAt);
    const back = within("back");
    back.hidden = !held;
    back.addEventListener("click", async () => {
      const now = await takeBack(record.id);
      if (!now) return tell(texts.textLate);
      tell(texts.textBack);
      const news = device.news();
      news.tell({ say: "changed", id: record.id });
      news.close();
      show();
    });
    const on = within("on");
    on.hidden = held || Boolean(writing);
    on.href = `/letters/new?another=1&device=${encodeURIComponent(record.id)}`;
    return line;
  }

  /* What was noted in a book or said in a chat: where it is about, and that it waits, or why the server did not take it. */
  function entry(record) {
    const line = part("letter").content.cloneNode(true).firstElementChild;
    const within = (name) => line.querySelector(`[data-part="${name}"]`);
    within("title").textContent = record.title;
    within("state").textContent = record.refused ? texts.textRefused : texts.textWaits;
    const words = [record.fields.quote, record.fields.body].filter(Boolean).join(" · ");
    within("words").textContent = [words || record.label, record.why].filter(Boolean).join(" · ");
    within("time").textContent = time(record.changedAt);
    const drop = within("back");
    drop.lastChild.textContent = texts.textDrop;
    drop.addEventListener("click", async () => {
      await device.remove(record.id);
      show();
    });
    within("on").href = record.page;
    within("on").lastChild.textContent = isChat(record) ? texts.textChat : texts.textBook;
    return line;
  }

  function tell(words) {
    part("announce").textContent = words;
  }

  /* A composer shows its own draft; what else waits is shown where letters are listed. */
  async function show() {
    const waiting = (await device.all(person).catch(() => [])).filter(isNowhereElse);
    const listed = waiting.filter(
      (record) => isEntry(record) || record.state === "held" || (!writing && LISTS.has(location.pathname)),
    );
    if (left) return;
    const here = LISTS.has(location.pathname) || location.pathname.startsWith("/books");
    const wanted = writing || here || keptAt() ? listed : [];
    /* A room shows its own lines where they will stand. */
    const shown = wanted.filter((record) => !(talking && isChat(record)));
    const draw = (record) => (isEntry(record) ? entry(record) : card(record));
    part("letters").replaceChildren(...shown.map(draw));
    if (!waiting.length) part("signin").hidden = true;
    arrange();
  }

  function arrange() {
    const kept = part("kept");
    kept.hidden = !keptAt() || Boolean(document.querySelector(".away"));
    kept.querySelector("span").textContent = texts.textKept.replace("{time}", time(keptAt() || 0));
    const empty = kept.hidden && part("signin").hidden && !part("letters").childElementCount;
    region.hidden = empty;
    const main = document.querySelector("main");
    if (!empty && region.parentElement !== main) main.prepend(region);
  }

  async function run() {
    clearTimeout(timer);
    const kind = await settle(person).catch(() => "idle");
    if (left) return;
    part("signin").hidden = kind !== "signin" && kind !== "stranger";
    await show();
    if (left) return;
    /* Even then another tab may leave something behind, and nobody tells of it. */
    if (kind === "idle") pause = LAST_RETRY;
    timer = setTimeout(run, pause * (0.7 + Math.random() * 0.3));
    pause = kind === "idle" ? FIRST_RETRY : Math.min(pause * 2, LAST_RETRY);
  }

  function hurry() {
    pause = FIRST_RETRY;
    run();
  }

  const heard = device.news((said) => {
    if (said.say === "left") {
      left = true;
      location.assign("/sign-in");
      return;
    }
    if (said.say === "sent" && !writing) tell(texts.textSent.replace("{title}", said.title));
    if (said.say === "noted") tell(texts.textNoted.replace("{title}", said.title));
    if (said.message) tell(said.message);
    show();
    if (said.say === "changed") {
      clearTimeout(timer);
      timer = setTimeout(run, FIRST_RETRY);
    }
  });
  on(window, "online", hurry);
  on(window, "focus", hurry);
  on(document, "visibilitychange", () => {
    if (document.visibilityState === "visible") hurry();
  });
  arrange();
  run();
  return () => {
    left = true;
    clearTimeout(timer);
    heard.close();
    off();
  };
}

export function connect(region) {
  const state = meta("device");
  const person = meta("person");
  if (state === "left" || state === "shared") leaveNothing(state, person);
  if (state === "passing" || state === "ended") device.forgetPages(device.isPages);
  if (!keepsHere()) return () => {};
  keepPages(person);
  const stop = location.pathname === "/" || location.pathname === "/letters" ? fetchAhead() : () => {};
  const off = look(region);
  return () => {
    stop();
    off();
  };
}
