/* Keeps a letter while it is being written: counts, saves drafts and never loses a word. */
import { draftKeeper } from "../lib/draft-keeper.js";
import { listening } from "../lib/listen.js";

const ANNOUNCE_EVERY = 60_000;

/* Adds the beginning of a paragraph at the end of the letter and puts the cursor behind it. */
function addParagraph(area, words) {
  const text = area.value.trimEnd();
  area.value = text ? `${text}\n${words}` : words;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export function connect(form) {
  const { on, off } = listening();
  const area = form.elements.namedItem("body");
  const part = (name) => document.querySelector(`[data-composer-${name}]`);
  const texts = form.dataset;
  let announcedAt = 0;
  let announced = "";

  /* Seen at once, but read aloud rarely: at a change of fortune, or once a minute. */
  function say(state, words) {
    const status = part("status");
    if (status) {
      status.textContent = words;
      status.dataset.state = state;
    }
    const offline = part("offline");
    if (offline) offline.hidden = state !== "offline";
    const signIn = part("signin");
    if (signIn) signIn.hidden = state !== "signin";
    const due = state !== announced || Date.now() - announcedAt > ANNOUNCE_EVERY;
    const aloud = part("announce");
    if (!aloud || !due || state === "saving") return;
    announced = state;
    announcedAt = Date.now();
    aloud.textContent = words;
  }

  function clock(iso) {
    const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return new Date(iso).toLocaleTimeString(document.documentElement.lang, options);
  }

  const keeper = draftKeeper(form, {
    onSaving: () => say("saving", texts.textSaving),
    onSaved: (answer) => say("saved", texts.textSaved.replace("{time}", clock(answer.saved_at))),
    onOffline: () => say("offline", texts.textOffline),
    onTrouble: () => say("trouble", texts.textTrouble),
    onSignedOut: () => say("signin", texts.textStopped),
    onStopped: (message) => say("stopped", message || texts.textStopped),
  });

  function count() {
    const characters = [...area.value].length;
    const shown = part("count");
    if (shown) shown.textContent = characters.toLocaleString(document.documentElement.lang);
    const over = characters > Number(texts.limit);
    area.setCustomValidity(over ? texts.textOver : "");
  }

  function warn(event) {
    event.preventDefault();
    event.returnValue = "";
  }

  /*
   * The warning is only in place while something is unsaved, so that the page stays fit for the
   * back button.
   */
  keeper.onDirty((dirty) => {
    if (dirty) window.addEventListener("beforeunload", warn);
    else window.removeEventListener("beforeunload", warn);
  });

  const buttons = [...form.querySelectorAll('button[type="submit"]')];

  on(area, "input", () => {
    count();
    keeper.touch();
  });
  on(form, "change", (event) => {
    if (event.target !== area) keeper.touch();
  });
  on(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") keeper.saveLeaving();
    else keeper.retryNow();
  });
  on(window, "online", () => keeper.retryNow());
  on(window, "focus", () => keeper.retryNow());
  on(form, "submit", (event) => {
    if (event.defaultPrevented) return;
    keeper.rest();
    window.removeEventListener("beforeunload", warn);
    /* A disabled button would not be sent along, so it is disabled once the request has begun. */
    setTimeout(() => {
      for (const button of buttons) button.disabled = true;
    });
  });
  for (const chip of document.querySelectorAll("[data-insert]")) {
    on(chip, "click", () => {
      addParagraph(area, chip.dataset.insert);
      chip.setAttribute("aria-pressed", "true");
    });
  }

  for (const button of buttons) button.disabled = false;
  count();
  if (area.value !== area.defaultValue) keeper.touch();

  return () => {
    keeper.rest();
    window.removeEventListener("beforeunload", warn);
    off();
  };
}
