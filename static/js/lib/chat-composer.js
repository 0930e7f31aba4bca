/* Where a line is written: keys, starters, stickers, emoji, what is quoted, and the draft that stays. */
import { listening } from "./listen.js";

const TYPING_EVERY = 3_000;
const TYPING_ENDS = 4_000;
const STORE = "penpal.chat.";
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: "up", ArrowDown: "down" };

/*
 * `say` is given { body, sticker, quotes } and what is quoted, `post` the whole form when photos go
 * along. Both give whether the field may be cleared.
 */
export function chatComposer(form, { name, keeps, mayTell, isOpen, say, post, typing }) {
  const { on, off } = listening();
  const area = form.elements.body;
  const quotes = form.elements.quotes;
  const quoting = form.querySelector("[data-chat-quoting]");
  const starters = form.querySelector("[data-chat-starters]");
  const panels = [...form.querySelectorAll("[data-chat-panel]")];
  const send = form.querySelector("[data-chat-send]");
  let toldAt = 0;
  let silence = 0;
  let busy = false;

  function grow() {
    if (CSS.supports("field-sizing", "content")) return;
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight + 2}px`;
  }

  /* A browser may forbid it; then the words are on this page alone. */
  function keepDraft() {
    if (!keeps) return;
    try {
      if (area.value) localStorage.setItem(STORE + name, area.value);
      else localStorage.removeItem(STORE + name);
    } catch {
      keeps = false;
    }
  }

  function changed() {
    grow();
    keepDraft();
    const isEmpty = !area.value.trim();
    if (starters) starters.hidden = !isEmpty || !starters.childElementCount;
  }

  function tellTyping() {
    if (!mayTell) return;
    clearTimeout(silence);
    const isTyping = area.value.trim() !== "";
    if (isTyping && Date.now() - toldAt > TYPING_EVERY) {
      toldAt = Date.now();
      typing(true);
    }
    if (isTyping) silence = setTimeout(stopTyping, TYPING_ENDS);
    else stopTyping();
  }

  function stopTyping() {
    clearTimeout(silence);
    if (toldAt) typing(false);
    toldAt = 0;
  }

  function fill(words) {
    area.value = words;
    changed();
    area.focus();
    area.setSelectionRange(words.length, words.length);
  }

  function insert(words) {
    area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
    changed();
    tellTyping();
  }

  function quote(id, words) {
    quotes.value = id;
    quoting.querySelector('[data-part="words"]').textContent = words;
    quoting.hidden = !id;
    if (id) area.focus();
  }

  function clear() {
    area.value = "";
    quote("", "");
    stopTyping();
    changed();
  }

  const hasPhotos = () => form.querySelector('[name="photo_id"]') !== null;

  async function submit(event) {
    if (event.target !== form || event.defaultPrevented) return;
    event.preventDefault();
    if (busy || !isOpen()) return;
    const sticker = event.submitter?.name === "sticker" ? event.submitter.value : "";
    const body = sticker ? "" : area.value.trim();
    if (sticker) closePanels();
    if (!sticker && hasPhotos()) return submitPhotos();
    if (!sticker && !body) return area.focus();
    say({ body, sticker, quotes: quotes.value }, quotedNow());
    if (sticker) quote("", "");
    else clear();
    area.focus();
  }

  const quotedNow = () =>
    (quotes.value ? quoting.querySelector('[data-part="words"]').textContent : "");

  /* Photos take a while: until they are with the server nothing of it is taken away. */
  async function submitPhotos() {
    busy = true;
    send.disabled = true;
    const fields = {};
    for (const [field, value] of new FormData(form)) {
      if (value instanceof File) continue;
      if (field === "photo_id") (fields.photo_id ??= []).push(value);
      else fields[field] = value;
    }
    const gone = await post(fields);
    busy = false;
    send.disabled = !isOpen();
    if (!gone) return;
    clear();
    closePanels();
    form.dispatchEvent(new CustomEvent("photos", { detail: [] }));
  }

  function closePanels(but = null) {
    for (const panel of panels) if (panel !== but) panel.open = false;
  }

  /* Within a grid the arrows go from one to the next, and one alone is on the way of the Tab key. */
  function walk(event) {
    const grid = event.target.closest("[data-chat-grid]");
    const step = STEPS[event.key];
    if (!grid || step === undefined) return;
    event.preventDefault();
    const buttons = [...grid.children];
    const at = buttons.indexOf(event.target.closest("button"));
    const across = buttons.filter((each) => each.offsetTop === buttons[0].offsetTop).length;
    const way = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    const to = { up: at - across, down: at + across }[step] ?? at + step * way;
    if (!buttons[to]) return;
    for (const each of buttons) each.tabIndex = each === buttons[to] ? 0 : -1;
    buttons[to].focus();
  }

  for (const grid of form.querySelectorAll("[data-chat-grid]")) {
    grid.hidden = false;
    [...grid.children].forEach((each, index) => {
      each.tabIndex = index ? -1 : 0;
    });
    on(grid, "keydown", walk);
  }
  for (const panel of panels) {
    on(panel, "toggle", () => panel.open && closePanels(panel));
    on(panel, "keydown", (event) => {
      if (event.key !== "Escape" || !panel.open) return;
      panel.open = false;
      panel.querySelector("summary").focus();
    });
  }
  on(form.querySelector("[data-chat-emoji]"), "click", (event) => {
    const button = event.target.closest("button");
    if (button) insert(button.textContent);
  });
  if (starters) {
    on(starters, "click", (event) => {
      const chip = event.target.closest("button");
      if (chip) fill(chip.textContent);
    });
  }
  on(quoting.querySelector('[data-act="unquote"]'), "click", (event) => {
    event.preventDefault();
    quote("", "");
    area.focus();
  });
  on(area, "keydown", (event) => {
    /* While an input method puts signs together, Enter is its own. */
    const composes = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composes) return;
    event.preventDefault();
    if (isOpen()) form.requestSubmit(send);
  });
  on(area, "input", () => {
    changed();
    tellTyping();
  });
  /* Photos that go along stay in sight. */
  on(area, "focus", () => {
    const chosen = form.querySelector("[data-photos-list] > li");
    closePanels(chosen?.closest("[data-chat-panel]"));
  });
  on(area, "blur", stopTyping);
  /* Whoever chooses photos in this form hears its submission first; so this comes last. */
  on(form.parentElement, "submit", submit);

  if (keeps && !area.value) area.value = localStorage.getItem(STORE + name) ?? "";
  changed();

  return {
    fill: (words) => fill(area.value.trim() ? `${words}\n${area.value}` : words),
    quote,
    open(can) {
      for (const button of form.querySelectorAll('[data-chat-send], [name="sticker"]')) {
        button.disabled = !can;
      }
    },
    hasWords: () => area.value.trim() !== "",
    off() {
      stopTyping();
      off();
    },
  };
}
