/* What one sees of the room: the end of it while one stands there, what came meanwhile, and the keyboard. */
import { listening } from "./listen.js";

const NEAR = 60;
/* A keyboard takes more of the window than any bar of the browser. */
const KEYBOARD = 120;
const WARNED = 12_000;

export function chatView(section, { onSeen }) {
  const { on, off } = listening();
  const texts = section.dataset;
  const scroll = section.querySelector("[data-chat-scroll]");
  const more = section.querySelector("[data-chat-new]");
  const status = section.querySelector("[data-chat-status]");
  const title = document.title;
  let unseen = 0;
  let warning = null;

  /* In a low window the whole page moves, else the room alone, whose end is its beginning. */
  const isRoom = () => getComputedStyle(scroll).overflowY === "auto";

  function isAtEnd() {
    if (isRoom()) return Math.abs(scroll.scrollTop) < NEAR;
    const { scrollHeight } = document.documentElement;
    return window.innerHeight + window.scrollY > scrollHeight - NEAR;
  }

  function toEnd() {
    if (isRoom()) scroll.scrollTop = 0;
    else window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    caughtUp();
  }

  const isWatched = () => document.visibilityState === "visible" && isAtEnd();

  function caughtUp() {
    if (!isWatched()) return;
    unseen = 0;
    more.hidden = true;
    document.title = title;
    onSeen();
  }

  function markUnread(id) {
    if (section.querySelector(".chat__unread--now")) return;
    const mark = document.createElement("p");
    mark.className = "chat__unread chat__unread--now";
    const words = document.createElement("span");
    words.textContent = texts.textUnread;
    mark.append(words);
    section.querySelector(`[data-line="${id}"]`)?.before(mark);
  }

  /* The input stays above a keyboard that lies on the page instead of making it smaller. */
  function fit() {
    const { height } = window.visualViewport;
    const covers = window.innerHeight - height > KEYBOARD;
    document.body.classList.toggle("has-keyboard", covers);
    document.body.style.setProperty("--seen", covers ? `${Math.round(height)}px` : "");
    if (covers) window.scrollTo(0, 0);
  }

  on(scroll, "scroll", caughtUp, { passive: true });
  on(window, "scroll", caughtUp, { passive: true });
  on(document, "visibilitychange", caughtUp);
  on(more, "click", () => {
    toEnd();
    section.querySelector("#say")?.focus();
  });
  if (window.visualViewport) on(window.visualViewport, "resize", fit);

  return {
    toEnd,

    /* Changes something; whoever stood at the end stands there afterwards. */
    keepEnd(change) {
      const was = isAtEnd();
      change();
      if (was) toEnd();
    },

    /* Puts something in above; what one looks at does not move. */
    keepPlace(change) {
      const mark = section.querySelector("[data-chat-past] .msg, [data-chat-log] .msg");
      const before = mark?.getBoundingClientRect().top ?? 0;
      change();
      const moved = (mark?.getBoundingClientRect().top ?? 0) - before;
      if (isRoom()) scroll.scrollTop += moved;
      else window.scrollBy({ top: moved, behavior: "instant" });
    },

    arrived(lines) {
      if (isWatched()) return caughtUp();
      if (!unseen) {
        section.querySelector(".chat__unread--now")?.remove();
        markUnread(lines[0].id);
      }
      unseen += lines.length;
      more.querySelector("span").textContent = texts.textNew.replace("{number}", unseen);
      more.hidden = isAtEnd();
      if (document.visibilityState !== "visible") document.title = `(${unseen}) ${title}`;
    },

    say(words) {
      status.textContent = words;
    },

    /* Said so that everybody sees it, until something else is. */
    warn(words) {
      const shown = document.createElement("p");
      shown.className = "chat__warn";
      shown.textContent = words;
      warning?.remove();
      warning = shown;
      status.after(shown);
      status.textContent = words;
      setTimeout(() => shown.remove(), WARNED);
    },

    off() {
      document.title = title;
      document.body.classList.remove("has-keyboard");
      off();
    },
  };
}
