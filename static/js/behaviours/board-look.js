/*
 * Shows who else has a pairing board open, and brings in what they tied without a reload. What one has
 * chosen oneself and not sent yet stays, unless that partner is taken by now: then it says so.
 */
import { connect as confirm } from "./confirm.js";
import { listening } from "../lib/listen.js";

const AGAIN = 30_000;
const FORGOTTEN = 75_000;
/* A whole class tied at once is many changes: they are fetched together. */
const TOGETHER = 400;

export function connect(page) {
  const { on, off } = listening();
  const people = page.querySelector("[data-board-others]");
  const news = page.querySelector("[data-board-news]");
  const board = Number(page.dataset.board);
  const others = new Map();
  const attached = [];
  let waiting = 0;
  let fetching = null;

  const say = (name) =>
    document.dispatchEvent(new CustomEvent("live:say", { detail: { name, news: { board } } }));

  function draw() {
    const names = [...others.values()].map(({ name }) => name);
    const words = names.map((name) => people.dataset.textOne.replace("{name}", () => name));
    if (people.textContent.trim() === words.join(" ").trim()) return;
    people.replaceChildren(
      ...words.map((word) => {
        const line = document.createElement("span");
        line.textContent = `${word} `;
        line.dir = "auto";
        return line;
      }),
    );
  }

  function come({ person, name }) {
    others.set(person, { name, at: Date.now() });
    draw();
  }

  const heard = (handler) => (event) => {
    if (event.detail?.board === board) handler(event.detail);
  };

  on(document, "live:board.look", heard((who) => {
    come(who);
    say("board.here");
  }));
  on(document, "live:board.here", heard(come));
  on(document, "live:board.left", heard(({ person }) => {
    others.delete(person);
    draw();
  }));
  on(document, "live:board.changed", heard(() => {
    clearTimeout(waiting);
    waiting = setTimeout(bring, TOGETHER);
  }));
  on(document, "live:ready", () => say("board.look"));
  say("board.look");

  async function bring() {
    fetching?.abort();
    fetching = new AbortController();
    let now;
    try {
      const answer = await fetch(location.pathname, {
        credentials: "same-origin",
        signal: fetching.signal,
      });
      if (!answer.ok) return;
      now = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return;
    }
    const fresh = now.querySelector("[data-board]");
    if (fresh) put(fresh);
  }

  function put(fresh) {
    const form = page.querySelector("form#board");
    const next = fresh.querySelector("form#board");
    swap("[data-board-count]", fresh);
    swapTied(fresh);
    if (!form || !next) {
      /* Everybody is tied, or somebody waits again: nothing that was chosen is left to lose. */
      if (Boolean(form) !== Boolean(next)) location.reload();
      return;
    }
    const lost = putRows(form, next);
    swap("[data-board-free]", fresh);
    form.dispatchEvent(new Event("change", { bubbles: true }));
    tell(lost);
  }

  function putRows(form, next) {
    const lost = [];
    const list = form.querySelector(".pairs");
    const rows = new Map([...next.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
    for (const row of form.querySelectorAll("[data-row]")) {
      const newer = rows.get(row.dataset.row);
      rows.delete(row.dataset.row);
      if (!newer) {
        row.remove();
        continue;
      }
      const select = row.querySelector("select");
      const chosen = select.value;
      const name = select.selectedOptions[0]?.textContent.split(" · ")[0] ?? "";
      select.replaceChildren(
        ...[...newer.querySelector("select").children].map((one) => document.importNode(one, true)),
      );
      select.value = chosen;
      if (select.value !== chosen) {
        select.value = "";
        lost.push(name.trim());
      }
    }
    for (const row of rows.values()) list.append(document.importNode(row, true));
    return lost;
  }

  /* A reason that somebody is writing just now is not taken from under their hands. */
  function swapTied(fresh) {
    const tied = page.querySelector("[data-board-tied]");
    const written = [...tied.querySelectorAll("input[name=reason]")].some((field) => field.value);
    if (written || tied.contains(document.activeElement)) return;
    swap("[data-board-tied]", fresh);
    for (const form of page.querySelectorAll("[data-board-tied] form")) attached.push(confirm(form));
  }

  function swap(which, fresh) {
    const [old, newer] = [page.querySelector(which), fresh.querySelector(which)];
    if (old && newer) old.replaceWith(document.importNode(newer, true));
  }

  function tell(lost) {
    const { textChanged, textTaken } = news.dataset;
    const words = lost.map((name) => textTaken.replace("{name}", () => name));
    news.textContent = words.length ? words.join(" ") : textChanged;
  }

  const beat = setInterval(() => {
    const now = Date.now();
    for (const [person, { at }] of others) if (now - at > FORGOTTEN) others.delete(person);
    draw();
    say("board.look");
  }, AGAIN);
  return () => {
    clearInterval(beat);
    clearTimeout(waiting);
    fetching?.abort();
    for (const letGo of attached) letGo?.();
    say("board.left");
    off();
  };
}
