/* Keeps a letter while it is being written: counts, saves drafts and never loses a word. */
import * as device from "../lib/device.js";
import { draftKeeper } from "../lib/draft-keeper.js";
import { keptAt } from "../lib/line.js";
import { listening } from "../lib/listen.js";
import { lengthOf, whenIdle } from "../lib/idle.js";
import { claim, isDirty, keepsHere } from "../lib/outbox.js";
import { bringAll } from "../lib/photos.js";
import { fill, identify, open, read } from "../lib/sheet.js";

const ANNOUNCE_EVERY = 60_000;

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/* Adds the beginning of a paragraph at the end of the letter and puts the cursor behind it. */
function addParagraph(area, words) {
  const text = area.value.trimEnd();
  area.value = text ? `${text}\n${words}` : words;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function clock(moment) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return moment.toLocaleTimeString(document.documentElement.lang, options);
}

function warn(event) {
  event.preventDefault();
  event.returnValue = "";
}

/*
 * The warning is only in place while something is nowhere but on this page, so that the page stays
 * fit for the back button.
 */
function warnIf(needed) {
  if (needed) window.addEventListener("beforeunload", warn);
  else window.removeEventListener("beforeunload", warn);
}

export function connect(form) {
  const { on, off } = listening();
  const area = form.elements.namedItem("body");
  const part = (name) => document.querySelector(`[data-composer-${name}]`);
  const texts = form.dataset;
  const keeps = keepsHere();
  let announcedAt = 0;
  let announced = "";
  let keeper = null;
  let record = null;
  let letGo = null;
  let down = false;
  let safe = false;
  let left = false;
  let sending = false;
  let forgotten = false;
  /* Why the server would not take the letter: it stays in sight until something is changed. */
  let refusal = "";

  /* Seen at once, but read aloud rarely: at a change of fortune, or once a minute. */
  function say(state, words) {
    if (refusal && (state === "saving" || state === "saved")) return;
    const status = part("status");
    if (status) {
      status.textContent = words;
      status.dataset.state = state;
    }
    const shown = { offline: ["offline", "device"], signin: ["signin"], held: ["held"] };
    for (const [name, states] of Object.entries(shown)) {
      const notice = part(name);
      if (notice) notice.hidden = !states.includes(state);
    }
    const due = state !== announced || Date.now() - announcedAt > ANNOUNCE_EVERY;
    const aloud = part("announce");
    if (!aloud || !due || state === "saving") return;
    announced = state;
    announcedAt = Date.now();
    aloud.textContent = words;
  }

  /* A long letter is counted when the browser has nothing better to do than to show what is typed. */
  const countSoon = whenIdle(() => count());

  function count() {
    const characters = lengthOf(area.value);
    const shown = part("count");
    if (shown) shown.textContent = characters.toLocaleString(document.documentElement.lang);
    const over = characters > Number(texts.limit);
    if (over !== area.validity.customError) area.setCustomValidity(over ? texts.textOver : "");
  }

  /* What is disabled is not read, so this comes after the form was. */
  function enable(able) {
    area.readOnly = !able;
    for (const element of form.elements) {
      if (element !== area && element.type !== "hidden") element.disabled = !able;
    }
  }

  /* Two versions of this letter exist: the page leads to where both stand side by side. */
  function showFork() {
    const fork = part("fork");
    if (!fork || !record.beside) return;
    fork.querySelector("a").href = record.beside;
    fork.hidden = false;
  }

  /* The words are others now: nobody is asked to release them any more. */
  function showTakenBack() {
    for (const free of document.querySelectorAll("[data-composer-free]")) free.hidden = false;
    for (const waits of document.querySelectorAll("[data-composer-waiting]")) waits.hidden = true;
    const notice = part("taken-back");
    if (notice) notice.hidden = false;
  }

  /* Whether the words are on this device; a device that may not keep them says no. */
  async function store(kept, { surely = false } = {}) {
    if (!keeps || forgotten) return false;
    try {
      await device.put(structuredClone(kept), { surely });
      return true;
    } catch {
      return false;
    }
  }

  function tellOthers() {
    const news = device.news();
    news.tell({ say: "changed", id: record.id });
    news.close();
  }

  function onOutcome(outcome) {
    down = outcome.kind === "down";
    if (outcome.kind === "saved") {
      identify(form, record);
      showFork();
      if (outcome.said.taken_back) showTakenBack();
      const at = clock(new Date(outcome.said.saved_at));
      if (isDirty(record)) say("saving", texts.textSaving);
      else say("saved", texts.textSaved.replace("{time}", at));
    } else if (outcome.kind === "anew") {
      identify(form, record);
      say("stopped", outcome.message || texts.textStopped);
    } else if (outcome.photo) say("stopped", outcome.message || texts.textPhotos);
    else if (outcome.kind === "sent") gone(outcome.url);
    else if (outcome.kind === "down") sayDown();
    else if (outcome.kind === "trouble") say("trouble", texts.textTrouble);
    else if (outcome.kind === "refused") {
      refusal = outcome.message;
      say("stopped", outcome.message || texts.textStopped);
    } else say("signin", texts.textStopped);
  }

  function onDevice(complete) {
    safe = complete;
    if (complete && !sending) warnIf(false);
    if (complete && down) sayDown();
  }

  function sayDown() {
    if (safe) say("device", texts.textDevice.replace("{time}", clock(new Date())));
    else say("offline", texts.textOffline);
  }

  async function gone(url) {
    left = true;
    warnIf(false);
    if (keeps) await device.remove(record.id).catch(() => {});
    if (keeps) tellOthers();
    location.assign(url);
  }

  /* The letter waits on the device: another page or the worker may send it, so this one lets go. */
  function hold(outcome) {
    letGo?.();
    letGo = null;
    enable(false);
    say("held", texts.textHeld);
    const asked = outcome?.kind === "signin" || outcome?.kind === "stranger";
    const signIn = part("signin");
    if (signIn) signIn.hidden = !asked;
    if (keeps) navigator.serviceWorker?.ready.then((ready) => ready.sync?.register("outbox"))
      .catch(() => {});
  }

  async function send() {
    sending = true;
    refusal = "";
    const underWay = keeper.send();
    enable(false);
    say("sending", texts.textSending);
    const outcome = await underWay;
    sending = false;
    if (outcome.kind === "sent") return gone(outcome.url);
    const kept = await store(record, { surely: true });
    if (kept && record.state === "held") {
      warnIf(false);
      tellOthers();
      return hold(outcome);
    }
    keeper.wake();
    enable(true);
    identify(form, record);
    onOutcome(outcome);
    if (outcome.kind === "down") say("offline", texts.textUnsent);
    if (outcome.kind === "refused") form.dispatchEvent(new Event("refused"));
  }

  /* A page that is left takes the photos on their way with it, so they arrive first. */
  async function bringPhotos() {
    record.fields = read(form);
    const outcome = await bringAll(record, store);
    if (outcome.kind === "ok") return true;
    onOutcome(outcome.kind === "refused" ? { ...outcome, photo: true, message: "" } : outcome);
    return false;
  }

  async function saveAndStay() {
    if (!(await bringPhotos())) return;
    const outcome = await keeper.saveNow();
    if (outcome.kind === "saved" && outcome.said.url) location.assign(outcome.said.url);
  }

  /* The form itself goes to the server, but not before it has the words: then nothing is lost on the way. */
  async function askTeacher(button) {
    if (!(await bringPhotos())) return;
    const outcome = await keeper.saveNow();
    if (outcome.kind !== "saved") return;
    left = true;
    warnIf(false);
    const action = document.createElement("input");
    Object.assign(action, { type: "hidden", name: button.name, value: button.value });
    form.append(action);
    form.submit();
  }

  /* Somebody took the letter back or sent it, on this page or another. */
  async function look() {
    if (left || sending || record?.state !== "held") return;
    const now = await device.get(record.id).catch(() => record);
    if (!now) location.assign("/letters");
    if (!now || now.state === "held") return;
    const claimed = await claim(record.id);
    if (!claimed) return;
    letGo = claimed;
    Object.assign(record, now);
    enable(true);
    fill(form, record);
    /* The server would not take it meanwhile: its words say why, and what was written is here. */
    refusal = record.refused === JSON.stringify(record.fields) ? (record.why ?? "") : "";
    say(refusal ? "stopped" : "saved", refusal);
    keeper.wake();
  }

  async function start() {
    let found = false;
    if (keeps) {
      const opened = await open(form, meta("person"), Boolean(keptAt()));
      if (left) return opened.letGo?.();
      ({ record, letGo, found } = opened);
      if (found) fill(form, record);
    } else {
      record = {
        id: "",
        person: meta("person"),
        key: form.elements.namedItem("key").value,
        revision: Number(form.elements.namedItem("revision").value),
        fields: read(form),
        saved: null,
        pending: null,
        state: "draft",
      };
    }
    keeper = draftKeeper(record, { read: () => read(form), store }, {
      onSaving: () => down || say("saving", texts.textSaving),
      onOutcome,
      onDevice,
      onDirty(dirty, onDisk) {
        safe = onDisk;
        warnIf(dirty && !onDisk);
      },
    });
    showFork();
    if (record.state === "held") {
      keeper.rest();
      return hold();
    }
    enable(true);
    /* A browser that goes back may have put words in again that the server never saw. */
    const restored = !keeps && area.value !== area.defaultValue;
    if (restored || (found && isDirty(record))) keeper.touch();
  }

  function touched() {
    refusal = "";
    keeper?.touch();
  }

  on(area, "input", (event) => {
    countSoon();
    if (event.isTrusted || event.bubbles) touched();
  });
  on(form, "change", (event) => {
    if (event.target !== area && event.isTrusted) touched();
  });
  on(form, "photo", touched);
  on(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") keeper?.saveLeaving();
    else keeper?.retryNow();
  });
  on(window, "online", () => keeper?.retryNow());
  on(window, "focus", () => keeper?.retryNow());
  on(form, "submit", (event) => {
    if (event.defaultPrevented || !keeper) return;
    event.preventDefault();
    if (event.submitter?.value === "save") saveAndStay();
    else if (event.submitter?.value === "ask") askTeacher(event.submitter);
    else send();
  });
  const thrownAway = document.querySelector("[data-composer-discard]");
  if (thrownAway) {
    on(thrownAway, "submit", (event) => {
      if (event.defaultPrevented) return;
      left = true;
      keeper?.rest();
      warnIf(false);
      if (keeps) device.remove(record.id).catch(() => {});
    });
  }
  for (const chip of document.querySelectorAll("[data-insert]")) {
    on(chip, "click", () => {
      if (area.readOnly) return;
      addParagraph(area, chip.dataset.insert);
      chip.setAttribute("aria-pressed", "true");
    });
  }
  const heard = keeps ? device.news((said) => {
    if (said.say === "left") forgotten = true;
    if (said.id !== record?.id) return;
    if (said.say === "sent") {
      left = true;
      location.assign(said.url);
    } else look();
  }) : null;

  area.readOnly = true;
  count();
  start();

  return () => {
    left = true;
    keeper?.rest();
    letGo?.();
    heard?.close();
    warnIf(false);
    off();
  };
}
