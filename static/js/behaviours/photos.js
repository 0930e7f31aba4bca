/*
 * Choosing photos: each is made smaller and brought to the server at once, tells how far it is, is
 * tried again when the line comes back, and can be taken out at any time. In the composer of a
 * letter it also lies on the device until the letter is gone.
 */
import { listening } from "../lib/listen.js";
import { freshKey, keepsHere } from "../lib/outbox.js";
import { bring, find, hold, letGo } from "../lib/photos.js";
import { preview, shrunk } from "../lib/shrink.js";

const FIRST_RETRY = 3_000;
const LAST_RETRY = 60_000;
/* A screen reader is told of the halves, not of every step. */
const STEPS = [50];

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export function connect(section) {
  const { on, off } = listening();
  const texts = section.dataset;
  const form = section.closest("form");
  const part = (name, within = section) => within.querySelector(`[data-photos-${name}]`);
  const list = part("list");
  const input = section.querySelector('input[type="file"]');
  const most = Number(texts.most);
  const composing = (form.dataset.behaviour ?? "").split(" ").includes("composer");
  const keeps = composing && keepsHere();
  const person = meta("person");
  /* What each line needs while it is not with the server yet: its way to stop, its pause. */
  const ways = new WeakMap();
  let announced = "";
  let left = false;
  let again = null;

  const lines = () => [...list.children];
  const isKept = (line) => line.dataset.id > 0;
  const numberOf = (line) => texts.textNumber.replace("{number}", lines().indexOf(line) + 1);

  function say(words) {
    if (words === announced) return;
    announced = words;
    part("status").textContent = words;
  }

  /* Whoever keeps the words of the form hears that there is something new to keep. */
  function tell() {
    form.dispatchEvent(new Event("photo"));
  }

  function count() {
    const number = lines().length;
    const shown = section.querySelector(".sec__s");
    if (shown && most > 1) shown.textContent = shown.textContent.replace(/\d+/, number);
    section.querySelector("#photos-hint").hidden = !number;
    part("add").hidden = number >= most;
  }

  /* A file that is nowhere but on this page would be gone with it. */
  function warn(event) {
    event.preventDefault();
    event.returnValue = "";
  }

  function warnIfNeeded() {
    const alone = lines().some((line) => !isKept(line) && !line.dataset.held);
    if (alone) window.addEventListener("beforeunload", warn);
    else window.removeEventListener("beforeunload", warn);
  }

  function show(line, state, words, { progress = null, aloud = false } = {}) {
    line.dataset.state = state;
    const said = part("words", line);
    if (said) said.textContent = words;
    const bar = line.querySelector("progress");
    if (bar) {
      bar.hidden = progress === null;
      bar.value = progress ?? 0;
    }
    const tryAgain = line.querySelector('[data-act="again"]');
    if (tryAgain) tryAgain.hidden = state !== "failed" && state !== "waiting";
    const out = line.querySelector('[data-act="out"] span');
    if (out) out.textContent = state === "uploading" ? texts.textStop : texts.textTakeOut;
    if (aloud) say(`${numberOf(line)}：${words}`);
  }

  /* Attributes that a form needs, once the server has a number for the photo. */
  function name(line, id) {
    const words = line.querySelector("textarea");
    words.name = `photo_description_${id}`;
    const number = document.createElement("input");
    Object.assign(number, { type: "hidden", name: "photo_id", value: id });
    line.prepend(number);
    line.dataset.id = id;
  }

  async function picture(line, blob) {
    const canvas = await preview(blob);
    if (!canvas || left) return;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", numberOf(line));
    line.querySelector(".photos__look").replaceChildren(canvas);
  }

  function uploading(line, part) {
    const percent = Math.round(part * 100);
    /* All of it is there: the server is at work on it. */
    const through = percent === 100;
    const words = through
      ? texts.textGettingReady
      : texts.textUploading.replace("{percent}", `${percent}%`);
    const step = STEPS.find((each) => percent >= each && !line.dataset[`told${each}`]);
    if (step) line.dataset[`told${step}`] = "yes";
    show(line, "uploading", words, { progress: percent, aloud: Boolean(step) && !through });
  }

  function later(line) {
    const way = ways.get(line);
    way.pause = Math.min(way.pause ? way.pause * 2 : FIRST_RETRY, LAST_RETRY);
    clearTimeout(way.timer);
    way.timer = setTimeout(() => upload(line), way.pause * (0.7 + Math.random() * 0.6));
  }

  async function upload(line) {
    const way = ways.get(line);
    if (left || !way || way.busy || isKept(line) || !line.isConnected) return;
    const blob = await find(line.dataset.key);
    if (!blob) return show(line, "lost", texts.textLost, { aloud: true });
    clearTimeout(way.timer);
    way.busy = true;
    const stop = new AbortController();
    way.stop = stop;
    uploading(line, 0);
    const answer = await bring(line.dataset.key, blob, person, {
      signal: stop.signal,
      onProgress: (part) => line.isConnected && uploading(line, part),
    }).catch(() => ({ kind: "down" }));
    way.busy = false;
    if (left || !line.isConnected) return;
    if (answer.kind === "ok") {
      name(line, answer.said.id);
      way.pause = 0;
      show(line, "kept", texts.textKept, { aloud: true });
      warnIfNeeded();
      tell();
    } else if (answer.kind === "refused") {
      const words = Object.values(answer.said?.fields ?? {})[0] ?? answer.said?.error;
      show(line, "refused", words || texts.textRefused, { aloud: true });
    } else {
      const waits = Boolean(line.dataset.held);
      show(line, waits ? "waiting" : "failed", waits ? texts.textWaiting : texts.textFailed, {
        aloud: true,
      });
      later(line);
    }
  }

  function fresh(key, { id = 0, description = "" } = {}) {
    const line = part("new").content.cloneNode(true).firstElementChild;
    line.dataset.key = key;
    const words = line.querySelector("textarea");
    words.id = `photo-${key}`;
    words.value = description;
    line.querySelector("label").htmlFor = words.id;
    ways.set(line, { pause: 0, timer: 0, busy: false, stop: null });
    if (id) name(line, id);
    return line;
  }

  async function add(files) {
    const room = most - lines().length;
    const chosen = files.slice(0, Math.max(0, room));
    const added = chosen.map(() => fresh(freshKey()));
    list.append(...added);
    count();
    warnIfNeeded();
    if (files.length > chosen.length) say(texts.textMany.replace("{most}", most));
    for (const [place, line] of added.entries()) {
      show(line, "ready", texts.textGettingReady, { aloud: files.length <= chosen.length });
      const blob = await shrunk(chosen[place]);
      if (left) return;
      if (!line.isConnected) continue;
      if (await hold(line.dataset.key, blob, person, keeps)) line.dataset.held = "yes";
      warnIfNeeded();
      tell();
      await picture(line, blob);
      upload(line);
    }
  }

  function takeOut(line) {
    const way = ways.get(line);
    clearTimeout(way?.timer);
    line.remove();
    way?.stop?.abort();
    letGo(line.dataset.key, keeps);
    count();
    warnIfNeeded();
    say(texts.textOut);
    tell();
    input.focus();
  }

  /* The list as it lay on the device: lines that the page has stay, the others are drawn anew. */
  async function fill(wanted) {
    const known = new Map(lines().map((line) => [line.dataset.key, line]));
    const shown = wanted.map((each) => {
      const line = known.get(each.key) ?? fresh(each.key, each);
      line.querySelector("textarea").value = each.description;
      return line;
    });
    list.replaceChildren(...shown);
    count();
    for (const line of shown.filter((each) => !known.has(each.dataset.key))) {
      const blob = await find(line.dataset.key);
      if (left) return;
      if (blob) {
        line.dataset.held = "yes";
        await picture(line, blob);
      }
      if (isKept(line)) show(line, "kept", "");
      else upload(line);
    }
    warnIfNeeded();
  }

  function hurry() {
    for (const line of lines()) {
      const way = ways.get(line);
      if (!way || isKept(line) || !["failed", "waiting"].includes(line.dataset.state)) continue;
      way.pause = 0;
      upload(line);
    }
  }

  /* A form that is no letter waits for its photos; without them it says so and stays. */
  async function submitLater(submitter) {
    hurry();
    const waiting = () => lines().filter((line) => ["ready", "uploading"].includes(line.dataset.state));
    while (waiting().length && !left) await new Promise((resolve) => setTimeout(resolve, 100));
    if (left) return;
    const missing = lines().find((line) => !isKept(line));
    if (missing) {
      say(texts.textUnfinished);
      missing.querySelector("button:not([hidden])").focus();
      return;
    }
    again = submitter ?? true;
    form.requestSubmit(submitter);
  }

  on(input, "change", () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) add(files);
  });
  on(list, "click", (event) => {
    const button = event.target.closest("[data-act]");
    const line = button?.closest("li");
    if (!line) return;
    if (button.dataset.act === "out") takeOut(line);
    else if (ways.has(line)) {
      ways.get(line).pause = 0;
      upload(line);
    }
  });
  on(list, "input", tell);
  on(form, "photos", (event) => fill(event.detail));
  on(window, "online", hurry);
  on(window, "focus", hurry);
  on(form, "submit", (event) => {
    if (composing || event.defaultPrevented || again || lines().every(isKept)) {
      again = null;
      return;
    }
    event.preventDefault();
    submitLater(event.submitter);
  });

  section.classList.add("photos--live");
  for (const plain of section.querySelectorAll("[data-photos-plain]")) plain.hidden = true;
  for (const act of section.querySelectorAll("[data-photos-act]")) act.hidden = false;
  /* A browser that goes back may have put files into the field again. */
  input.value = "";

  return () => {
    left = true;
    window.removeEventListener("beforeunload", warn);
    for (const line of lines()) clearTimeout(ways.get(line)?.timer);
    off();
  };
}
