/*
 * The live room of two partners: says and hears lines over the socket of the page, catches up by
 * number after a cut, and keeps on the device what the server does not have yet. The page beneath
 * reads and posts without any of this.
 */
import { chatComposer } from "../lib/chat-composer.js";
import { chatLines } from "../lib/chat-lines.js";
import { chatOutbox } from "../lib/chat-outbox.js";
import { chatPending } from "../lib/chat-pending.js";
import { chatView } from "../lib/chat-view.js";
import { chatWire } from "../lib/chat-wire.js";
import { listening } from "../lib/listen.js";
import { claim, freshKey, keepsHere, roomOf } from "../lib/outbox.js";

/* While no socket is to be had the room is asked for news now and then. */
const ASK_EVERY = 12_000;
const TYPING_FADES = 6_000;
/* A cut that mends at once is not worth a word. */
const SAY_CUT_AFTER = 3_000;
const OPEN = new Set(["open", "opened", "closing"]);
const ENDED = new Set(["ended", "off"]);

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export function connect(section) {
  /* An older page of the room, or one on which lines are chosen, stays as it is. */
  if ("still" in section.dataset) return () => {};
  const { on, off } = listening();
  const texts = section.dataset;
  const person = meta("person");
  const pair = Number(texts.pair);
  const keeps = keepsHere();
  const part = (name) => section.querySelector(`[data-chat-${name}]`);
  const typing = part("typing");
  const form = part("form");
  const wire = chatWire(pair, person, texts);
  const lines = chatLines(section);
  const view = chatView(section, { onSeen: sawAll });
  let state = texts.state;
  let got = Number(texts.got);
  let seen = Number(texts.seen);
  let cutAt = 0;
  let saidCut = false;
  let fading = 0;
  let asking = 0;
  let letGo = () => {};
  let left = false;
  const gaps = new Set();

  const isOpen = () => OPEN.has(state);
  const outbox = chatOutbox(
    { person, pair, url: texts.say, page: location.pathname, title: part("log").getAttribute("aria-label") },
    { keeps, carry: (fields) => wire.say(fields), shown: showPending, sent, answered },
  );
  const pending = chatPending(section, { isOnDevice: outbox.isOnDevice, lines, act: actOnPending });
  const composer =
    form &&
    chatComposer(form, {
      name: `${person}.${pair}`,
      keeps,
      mayTell: texts.typing === "yes",
      isOpen,
      say(fields, quoted) {
        outbox.add(fields, quoted);
        view.toEnd();
      },
      post,
      typing: (isTyping) => wire.tell("typing", { on: isTyping }),
    });

  /* A line that is only here would be gone with the page. */
  function warn(event) {
    event.preventDefault();
    event.returnValue = "";
  }

  function showPending() {
    view.keepEnd(() => pending(outbox.list()));
    const alone = outbox.list().some(({ refused }) => !refused) && !outbox.isOnDevice();
    if (alone) window.addEventListener("beforeunload", warn);
    else window.removeEventListener("beforeunload", warn);
  }

  /* Whatever way lines come, each is shown once and in its place. */
  function show(told) {
    const unwanted = outbox.have(told.filter(({ mine }) => mine));
    let fresh = [];
    view.keepEnd(() => {
      fresh = lines.put(told);
    });
    lines.markGot(got);
    for (const id of unwanted) takeBack(id, { late: texts.textLateDrop });
    const theirs = fresh.filter(({ mine, state: now }) => !mine && now !== "unsent");
    if (theirs.length) {
      hideTyping();
      const latest = Math.max(...theirs.map(({ sequence }) => sequence ?? 0));
      wire.tell("got", { sequence: latest });
      view.arrived(theirs);
    }
    askForGap();
  }

  /* News can be lost between the processes of the server: what a number says is missing is asked for, once. */
  function askForGap() {
    const before = lines.gap();
    if (before === null || gaps.has(before) || !wire.isIn()) return;
    gaps.add(before);
    enter(before);
  }

  function sent(line, wasDropped) {
    lines.learnTime(line.at);
    show([line]);
    if (wasDropped) takeBack(line.id, { late: texts.textLateDrop });
  }

  function answered({ ok, why, words, help }) {
    if (help) showHelp();
    if (!ok && words) view.say(texts.textRefused.replace("{words}", () => words));
    if (why === "closed" || why === "paused" || why === "ended") enter();
  }

  function showHelp() {
    const help = section.querySelector("[data-found-help]");
    if (help.hidden) view.say(texts.textHelp);
    help.hidden = false;
    view.toEnd();
  }

  function sawAll() {
    const last = lines.last();
    if (last <= seen || !wire.isIn()) return;
    seen = last;
    wire.tell("seen", { sequence: last });
  }

  async function takeBack(id, { late = texts.textLate } = {}) {
    const url = `${location.pathname.replace(/\/$/, "")}/lines/${id}/unsend`;
    const said = await wire.unsend(id, url);
    if (left) return;
    if (said?.ok) {
      lines.unsend(id);
      view.say(texts.textUnsent);
    } else view.say(said ? said.words || late : texts.textNotNow);
  }

  async function post(fields) {
    const said = await wire.post(fields);
    if (left) return false;
    if (!said || !said.ok) {
      view.warn(said ? texts.textRefused.replace("{words}", () => said.words) : texts.textNotNow);
      if (said?.help) showHelp();
      if (said?.why === "conflict") form.elements.key.value = freshKey();
      return false;
    }
    form.elements.key.value = freshKey();
    sent(said.line, false);
    answered(said);
    view.toEnd();
    return true;
  }

  function actOnPending(act, key) {
    if (act === "drop") outbox.drop(key);
    if (act === "again") outbox.again(key);
    if (act === "ask") return askTeacher(key);
    if (act === "mend") {
      const record = outbox.mend(key);
      if (record?.fields.quotes) composer.quote(record.fields.quotes, record.quoted);
      if (record) composer.fill(record.fields.body);
    } else form?.elements.body.focus();
  }

  function askTeacher(key) {
    const dialog = part("asking").content.firstElementChild.cloneNode(true);
    document.body.append(dialog);
    dialog.addEventListener("close", async () => {
      const words = dialog.querySelector("textarea").value;
      const agreed = dialog.returnValue === "yes";
      dialog.remove();
      form.elements.body.focus();
      const record = outbox.list().find(({ fields }) => fields.key === key);
      if (!agreed || !record) return;
      const said = await wire.askTeacher({ ...record.fields, words });
      if (left) return;
      if (said?.ok) {
        outbox.mend(key);
        show([said.line]);
        view.say(texts.textAsked);
      } else view.say(said?.words || texts.textNotNow);
    });
    dialog.showModal();
  }

  /* What the room is now: open, or why not and until when. The draft can always be written. */
  function become(room) {
    if (!room) return;
    const wasOpen = isOpen();
    state = room.state;
    section.dataset.state = state;
    const rest = part("rest");
    if (rest) {
      rest.hidden = isOpen();
      rest.querySelector('[data-part="words"]').textContent = isOpen() ? "" : room.words;
    }
    const closes = part("closes");
    if (closes) closes.textContent = isOpen() ? room.words : "";
    if (form) form.hidden = ENDED.has(state);
    composer?.open(isOpen());
    if (wasOpen !== isOpen() || state === "closing") view.say(room.words ?? "");
    if (!wasOpen && isOpen()) outbox.hurry();
  }

  function take(said) {
    become(said.room);
    if (typeof said.got === "number") got = Math.max(got, said.got);
    if ("here" in said) part("here").hidden = !said.here;
    show(said.lines);
  }

  /* Joins the room and catches up; what came while nobody listened is asked for piece by piece. */
  async function enter(from = lines.after()) {
    let after = from;
    for (;;) {
      const said = await wire.enter(after);
      if (left || !said?.ok) return poll();
      take(said);
      if (!said.more || lines.last() <= after) break;
      after = lines.last();
    }
    clearTimeout(asking);
    cutAt = 0;
    if (saidCut) view.say(texts.textBack);
    saidCut = false;
    outbox.forgetDropped();
    outbox.hurry();
    sawAll();
  }

  async function poll() {
    clearTimeout(asking);
    if (left || ENDED.has(state)) return;
    asking = setTimeout(poll, ASK_EVERY);
    if (document.visibilityState !== "visible" || wire.isIn()) return;
    const said = await wire.lines({ after: lines.after() });
    if (said && !left && !wire.isIn()) take(said);
  }

  function cut() {
    part("here").hidden = true;
    hideTyping();
    if (ENDED.has(state)) return;
    cutAt ||= Date.now();
    clearTimeout(asking);
    asking = setTimeout(poll, ASK_EVERY / 4);
    setTimeout(() => {
      if (left || !cutAt || saidCut || Date.now() - cutAt < SAY_CUT_AFTER) return;
      saidCut = true;
      view.say(texts.textAway);
    }, SAY_CUT_AFTER);
  }

  function hideTyping() {
    clearTimeout(fading);
    typing.hidden = true;
  }

  async function older(event) {
    event.preventDefault();
    const button = part("older");
    const said = await wire.lines({ before: texts.older });
    if (left) return;
    if (!said) return view.say(texts.textNotNow);
    view.keepPlace(() => lines.putBefore(said.lines));
    texts.older = said.more ? (said.lines[0]?.sequence ?? "") : "";
    button.hidden = !texts.older;
    view.say(texts.textMore.replace("{number}", said.lines.length));
    if (button.hidden) part("scroll").focus({ preventScroll: true });
  }

  function showLeft(menu) {
    const button = menu.querySelector('[data-act="unsend"][data-until]');
    if (!button) return;
    const seconds = lines.secondsLeft(button.dataset.until);
    button.hidden = seconds <= 0;
    const minutes = Math.floor(seconds / 60);
    button.querySelector('[data-part="left"]').textContent =
      `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
    if (menu.open && seconds > 0) setTimeout(() => left || showLeft(menu), 1000);
  }

  function act(event) {
    const button = event.target.closest(".msg [data-act]");
    const line = button?.closest("[data-line]");
    if (!line || !["quote", "unsend"].includes(button.dataset.act)) return;
    event.preventDefault();
    line.querySelector("details").open = false;
    if (button.dataset.act === "quote") composer?.quote(line.dataset.line, lines.words(line));
    else takeBack(Number(line.dataset.line));
  }

  /* To the line that is quoted: where it stands by now, or on the page that has it. */
  function lead(event) {
    const quote = event.target.closest('[data-part="quote"]');
    if (!quote) return;
    event.preventDefault();
    const number = quote.hash.replace("#line-", "");
    const there = section.querySelector(`[data-line="${number}"]`);
    if (!there) location.assign(`?at=${number}${quote.hash}`);
    else {
      location.hash = quote.hash;
      there.scrollIntoView({ block: "center" });
    }
  }

  wire.onLine(() => enter(), cut);
  wire.hear("missed", () => enter());
  wire.hear("line", ({ line }) => show([line]));
  wire.hear("unsent", ({ line }) => view.keepEnd(() => lines.unsend(line)));
  wire.hear("got", ({ sequence }) => {
    got = Math.max(got, sequence);
    lines.markGot(got);
  });
  wire.hear("here", ({ here }) => {
    part("here").hidden = !here;
  });
  wire.hear("typing", ({ on: isTyping }) => {
    hideTyping();
    if (!isTyping) return;
    view.keepEnd(() => {
      typing.hidden = false;
    });
    fading = setTimeout(hideTyping, TYPING_FADES);
  });
  wire.hear("room", (room) => {
    become(room);
    if (isOpen()) enter();
  });
  wire.hear("out", ({ words }) => become({ state: "ended", words }));
  on(part("older"), "click", older);
  on(section, "click", act);
  on(section, "click", lead);
  on(section, "toggle", ({ target }) => {
    if (!target.open || !target.matches(".msg__acts")) return;
    for (const other of section.querySelectorAll(".msg__acts[open]")) {
      if (other !== target) other.open = false;
    }
    showLeft(target);
  }, { capture: true });
  on(section, "keydown", (event) => {
    const menu = event.target.closest(".msg__acts[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  on(window, "online", () => outbox.hurry());

  claim(roomOf(pair)).then((release) => {
    if (left) release?.();
    else letGo = release ?? letGo;
  }, () => {});
  become({ state, words: part("rest")?.querySelector('[data-part="words"]').textContent ?? "" });
  view.toEnd();
  asking = setTimeout(poll, ASK_EVERY / 4);
  outbox.load().then(() => {
    enter();
    outbox.hurry();
  });

  return () => {
    left = true;
    clearTimeout(asking);
    window.removeEventListener("beforeunload", warn);
    composer?.off();
    outbox.close();
    wire.off();
    view.off();
    letGo();
    off();
  };
}
