/*
 * Shows how many notices are new, and says each one politely as it comes. The socket brings only its
 * number: the words are asked for in the language of this page.
 */
import { listening } from "../lib/listen.js";

const MOST = 99;

function show(region, { words, url }) {
  const box = document.createElement("div");
  box.className = "notice notice--ok";
  const line = document.createElement("p");
  const said = document.createElement("b");
  said.textContent = words;
  said.dir = "auto";
  line.append(said);
  const actions = document.createElement("div");
  actions.className = "notice__act";
  const link = document.createElement("a");
  link.className = "btn btn-sm";
  link.href = url;
  link.textContent = region.dataset.textOpen;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-sm btn-quiet";
  close.textContent = region.dataset.textClose;
  close.addEventListener("click", () => box.remove());
  actions.append(link, close);
  box.append(line, actions);
  region.replaceChildren(box);
}

export function connect(bell) {
  const { on, off } = listening();
  const count = bell.querySelector("[data-bell-count]");
  const label = bell.querySelector("[data-bell-label]");
  const region = document.querySelector("[data-live-region]");
  let newest = 0;

  async function hear({ id }) {
    newest += 1;
    const mine = newest;
    let told;
    try {
      const answer = await fetch(`/notices/${Number(id)}/line`, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (!answer.ok) return;
      told = await answer.json();
    } catch {
      /* The line is cut; the next page shows it. */
      return;
    }
    if (mine !== newest) return;
    count.textContent = told.unseen > MOST ? `${MOST}+` : String(told.unseen);
    count.hidden = told.unseen === 0;
    label.textContent = told.label;
    /* Whoever is there already needs no way to it. */
    if (region && told.words && new URL(told.url, location.origin).pathname !== location.pathname) {
      show(region, told);
    }
  }

  on(document, "live:notice", ({ detail }) => hear(detail));
  return off;
}
