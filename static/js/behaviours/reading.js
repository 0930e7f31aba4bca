/* The reader's own choice of hand and size, remembered in this browser alone. */
import { listening } from "../lib/listen.js";

const KEY = "penpal.reading";

/* A browser may forbid storage; then the choice lasts as long as the page. */
function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function keep(choice) {
  try {
    localStorage.setItem(KEY, JSON.stringify(choice));
  } catch {
    return;
  }
}

export function connect(element) {
  const { on, off } = listening();
  const root = document.documentElement;
  const choice = { hand: "kai", large: false, ...recall() };

  function show() {
    root.dataset.hand = choice.hand;
    root.dataset.handSize = choice.large ? "large" : "normal";
    for (const button of element.querySelectorAll("[data-hand]")) {
      button.setAttribute("aria-pressed", String(button.dataset.hand === choice.hand));
    }
    element.querySelector("[data-size]")?.setAttribute("aria-pressed", String(choice.large));
  }

  on(element, "click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.hand) choice.hand = button.dataset.hand;
    if (button.dataset.size) choice.large = !choice.large;
    keep(choice);
    show();
  });
  element.hidden = false;
  show();
  return off;
}
