/*
 * Single keys for an item of the queue, the choice of several, sentences put into the word, and
 * where the focus goes when the next one has come.
 */
import { listening } from "../lib/listen.js";

const KEPT = "penpal-queue-chosen";
const WRITING = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function kept() {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
  } catch {
    return new Set();
  }
}

/* What was chosen goes along to the next item; it is numbers, and gone with the tab. */
function keep(chosen) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify([...chosen]));
  } catch {
    /* Without storage a choice lasts as long as its page. */
  }
}

export function connect(article) {
  const { on, off } = listening();
  const works = article.dataset.keys === "on";
  const form = document.querySelector("#decision");
  const field = form?.elements.namedItem("words");
  const dialog = document.querySelector("[data-queue-keys]");
  const help = document.querySelector("[data-queue-help]");
  const boxes = [...document.querySelectorAll('#several input[name="item"]')];
  const all = document.querySelector("[data-queue-all]");
  const count = document.querySelector("[data-queue-count]");
  const everything = count?.textContent;

  function tell() {
    const number = boxes.filter((box) => box.checked).length;
    if (!count) return;
    count.textContent = number ? count.dataset.text.replace("{number}", number) : everything;
  }

  function remember() {
    keep(boxes.filter((box) => box.checked).map((box) => box.value));
    tell();
  }

  const chosen = kept();
  for (const box of boxes) box.checked = chosen.has(box.value);
  /* What is gone from the list is gone from the choice. */
  remember();
  const chooseAll = all?.querySelector("input");
  if (all) all.hidden = boxes.length === 0;
  chooseAll?.form.dispatchEvent(new Event("change"));
  if (chooseAll) on(chooseAll.form, "change", remember);

  /* A word grows with what is written in it. */
  function insert(words) {
    field.value = [field.value.trim(), words].filter(Boolean).join(" ");
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  for (const button of document.querySelectorAll('.canned [name="phrase"]')) {
    on(button, "click", (event) => {
      if (!field) return;
      event.preventDefault();
      insert(button.value);
    });
  }

  function show() {
    if (!dialog.open) dialog.showModal();
  }

  if (help) {
    help.hidden = false;
    on(help.querySelector("button"), "click", show);
  }
  on(dialog.querySelector("[data-queue-close]"), "click", () => dialog.close());

  /* What takes a word or a choice: the key leads into the field instead of to a page that says so. */
  function press(button) {
    if (button.localName === "a") {
      button.click();
      return;
    }
    const needed = button.hasAttribute("data-needs-words")
      ? [...form.querySelectorAll("[data-needed]")].find((each) => !each.value.trim())
      : null;
    if (needed) {
      needed.focus();
      return;
    }
    button.focus();
    form.requestSubmit(button);
    pressed = true;
  }

  const follow = (way) => document.querySelector(`.exam a[rel="${way}"]`)?.click();
  let pressed = false;

  function toggle() {
    const box = boxes.find((each) => each.value === article.dataset.item);
    if (!box) return;
    box.checked = !box.checked;
    box.form.dispatchEvent(new Event("change"));
  }

  const keys = {
    j: () => follow("next"),
    k: () => follow("prev"),
    x: toggle,
    n: () => field?.focus(),
    p: () => document.querySelector("#several").requestSubmit(),
    "?": show,
  };

  function actionOf(key) {
    return article.querySelector(`[aria-keyshortcuts="${key.toUpperCase()}"]`);
  }

  on(document, "keydown", (event) => {
    if (event.key === "Escape" && (event.target.closest?.("#decision") || event.target.form?.id === "decision")) event.target.blur();
    const busy = pressed || event.repeat || event.isComposing || dialog.open;
    if (!works || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(WRITING)) return;
    const key = event.key.toLowerCase();
    const phrase = /^[1-9]$/.test(key) && document.querySelectorAll('.canned [name="phrase"]')[key - 1];
    const action = /^[ared]$/.test(key) && actionOf(key);
    if (phrase) phrase.click();
    else if (action) press(action);
    else if (keys[key]) keys[key]();
    else return;
    event.preventDefault();
  });
  if (works) for (const each of document.querySelectorAll("[data-key]")) each.hidden = false;

  /* Led here from the last one: whoever listens hears what happened and what comes now. */
  const heading = document.querySelector("#item-h");
  const flashes = document.querySelector(".flashes");
  const wrong = form?.querySelector("[aria-invalid]");
  if (wrong) wrong.focus();
  else if (location.hash === "#item") {
    if (flashes) {
      flashes.id = "queue-said";
      heading.setAttribute("aria-describedby", flashes.id);
    }
    heading.focus({ preventScroll: true });
  }
  document.querySelector(".q--on")?.scrollIntoView({ block: "nearest" });
  return off;
}
