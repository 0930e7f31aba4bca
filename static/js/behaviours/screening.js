/*
 * Asks the guard about what is being written whenever the writer pauses, underlines in place what it
 * found and offers to take it out. Without a line it says nothing: the server looks again before
 * anything is sent.
 */
import { ask } from "../lib/line.js";
import { listening } from "../lib/listen.js";
import { toUnits } from "../lib/points.js";

const PAUSE = 1_000;
const WHILE_TYPING = 10_000;
/* A long letter is a long way to send: it is looked at less often. */
const LONG = 4_000;
const LESS_OFTEN = 3;

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

const looks = (notes) => JSON.stringify(notes.map((note) => [note.quote, note.names]));

export function connect(element) {
  const { on, off } = listening();
  const texts = element.dataset;
  const area = document.getElementById(texts.area);
  const form = area.form;
  const mirror = document.querySelector("[data-found-mirror]");
  const part = (name) => element.querySelector(`[data-found-${name}]`);
  const region = element.querySelector(".found");
  const title = region.querySelector("h2");
  let notes = [];
  let checked = null;
  let timer = 0;
  let since = 0;
  let busy = false;
  let lastEnd = 0;
  let takenOut = null;
  let left = false;

  function say(words) {
    part("status").textContent = words;
  }

  /* Beside the button that sends there is a way to what is said further down. */
  function step(name, hidden) {
    const way = document.querySelector(`[data-${name}-step]`);
    if (way) way.hidden = hidden;
  }

  /* What the server's own page shows is known without asking. */
  function adopt() {
    const shown = [...part("list").children];
    const points = shown.flatMap(({ dataset }) => [Number(dataset.start), Number(dataset.end)]);
    const units = toUnits(area.value, points);
    return shown.map((line, index) => ({
      start: units[index * 2],
      end: units[index * 2 + 1],
      quote: line.querySelector(".found__words").textContent,
      names: [line.querySelector(".found__name").textContent],
      why: line.querySelector(".found__why").textContent,
    }));
  }

  function taken(text, told) {
    const units = toUnits(text, told.flatMap(({ start, end }) => [start, end]));
    return told
      .map((note, index) => ({
        ...note,
        start: units[index * 2],
        end: units[index * 2 + 1],
        why: `${note.why} ${note.mend}`,
      }))
      .filter((note) => !note.worries);
  }

  function underline() {
    if (!mirror) return;
    const text = area.value;
    const drawn = [];
    let last = 0;
    for (const { start, end } of notes) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      drawn.push(text.slice(last, start), mark);
      last = end;
    }
    lastEnd = last;
    mirror.replaceChildren(...drawn);
    mirror.hidden = notes.length === 0;
  }

  function line(note) {
    const made = part("note").content.cloneNode(true).firstElementChild;
    made.querySelector(".found__words").textContent = note.quote;
    made.querySelector(".found__name").textContent = note.names.join(texts.textComma);
    made.querySelector(".found__why").textContent = note.why;
    made.querySelector('[data-act="out"]').addEventListener("click", () => takeOut(note));
    made.querySelector('[data-act="find"]').addEventListener("click", () => find(note));
    return made;
  }

  function show(found) {
    const before = looks(notes);
    notes = found;
    underline();
    if (looks(notes) === before && part("list").childElementCount === notes.length) return;
    part("list").replaceChildren(...notes.map(line));
    region.hidden = notes.length === 0;
    step("found", notes.length === 0);
    if (notes.length) say(texts.textFound.replace("{number}", notes.length));
    else if (before !== "[]") say(texts.textClear);
  }

  function showHelp(needed) {
    const help = part("help");
    if (needed && help.hidden) say(texts.textHelp);
    /* Once shown it stays: nobody has to write such words again to find the numbers. */
    help.hidden = help.hidden && !needed;
    step("help", help.hidden);
  }

  async function check({ lead = false } = {}) {
    clearTimeout(timer);
    timer = 0;
    since = 0;
    const text = area.value;
    if (busy || left) return;
    if (text !== checked && text.trim()) {
      if (navigator.onLine === false) return;
      busy = true;
      const sent = { text, context: texts.context };
      const { kind, said } = await ask("POST", texts.source, sent, meta("person"));
      busy = false;
      if (left) return;
      if (!area.value.startsWith(text)) return soon();
      if (kind !== "ok" || !Array.isArray(said.notes)) return;
      checked = text;
      show(taken(text, said.notes));
      showHelp(said.notes.some((note) => note.help));
      if (area.value !== text) soon();
    } else if (!text.trim()) show([]);
    if (lead && notes.length) title.focus();
  }

  function soon() {
    const now = Date.now();
    since ||= now;
    const times = (checked?.length ?? 0) > LONG ? LESS_OFTEN : 1;
    clearTimeout(timer);
    timer = setTimeout(
      check,
      Math.max(0, Math.min(PAUSE * times, WHILE_TYPING * times - (now - since))),
    );
  }

  /* The words may have moved since they were found, or be gone. */
  function place({ start, end, quote }) {
    if (area.value.slice(start, end) === quote) return start;
    return area.value.indexOf(quote);
  }

  function find(note) {
    const start = place(note);
    if (start < 0) return check();
    area.focus();
    area.setSelectionRange(start, start + note.quote.length);
  }

  function takeOut(note) {
    const start = place(note);
    if (start < 0 || area.readOnly) return check();
    find(note);
    /* The browser's own command, so that its undo knows of it; where there is none, by hand. */
    const before = area.value.length;
    document.execCommand("delete");
    if (area.value.length === before) {
      area.setRangeText("", start, start + note.quote.length, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    takenOut = { start, quote: note.quote };
    checked = null;
    part("undo").hidden = false;
    const shift = (other) => (other.start > note.start ? note.quote.length : 0);
    show(
      notes
        .filter((other) => other !== note)
        .map((other) => ({ ...other, start: other.start - shift(other), end: other.end - shift(other) })),
    );
    say(texts.textOut);
    soon();
  }

  function putBack() {
    part("undo").hidden = true;
    if (!takenOut || area.readOnly) return;
    const { start, quote } = takenOut;
    takenOut = null;
    const at = Math.min(start, area.value.length);
    area.setRangeText(quote, at, at, "end");
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    say(texts.textPutBack);
  }

  on(area, "input", () => {
    /* What stands before the change stays where it is; what follows moves, and is found anew. */
    if (lastEnd && area.selectionStart <= lastEnd) mirror?.toggleAttribute("hidden", true);
    soon();
  });
  on(form, "refused", () => check({ lead: true }));
  on(part("undo").querySelector("button"), "click", putBack);

  const known = adopt();
  part("copy").hidden = true;
  if (known.length) {
    show(known);
    checked = area.value;
  } else if (area.value.trim() && !("waits" in texts)) soon();

  return () => {
    left = true;
    clearTimeout(timer);
    off();
  };
}
