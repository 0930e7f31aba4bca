/* The reader's own choice of paper, hand and size, remembered in this browser alone. */
import { listening } from "../lib/listen.js";
import { keepPlace } from "../lib/place.js";

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
  const letter = document.querySelector(".letter");
  const written = { paper: letter.dataset.paper, hand: letter.dataset.hand };
  const choice = { paper: "", hand: "", large: false, ...recall() };
  const selects = [...element.querySelectorAll("[data-choice]")];
  const larger = element.querySelector("[data-size]");

  function show() {
    for (const select of selects) {
      const name = select.dataset.choice;
      select.value = choice[name];
      /* What was remembered may be a choice that there is no more. */
      if (!select.value) select.value = "";
      letter.dataset[name] = select.value || written[name];
    }
    root.dataset.handSize = choice.large ? "large" : "normal";
    larger.setAttribute("aria-pressed", String(choice.large));
  }

  function change() {
    keep(choice);
    keepPlace(letter.querySelector(".letter__body"), show);
  }

  on(element, "change", (event) => {
    choice[event.target.dataset.choice] = event.target.value;
    change();
  });
  on(larger, "click", () => {
    choice.large = !choice.large;
    change();
  });
  element.hidden = false;
  show();
  return () => {
    Object.assign(letter.dataset, written);
    off();
  };
}
