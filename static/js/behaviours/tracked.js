/*
 * Draws what differs from the frozen text below each field while one writes. What counts is what the
 * server compares when the version is saved.
 */
import { listening } from "../lib/listen.js";
import { runs } from "../lib/differences.js";

const PAUSE = 250;
const TAGS = { gone: "del", fresh: "ins" };

function draw(field, out) {
  const frozen = field.dataset.frozen;
  const found = runs(frozen, field.value);
  out.hidden = frozen === field.value;
  out.replaceChildren(
    ...found.map(({ kind, text }) => {
      if (!TAGS[kind]) return document.createTextNode(text);
      const drawn = document.createElement(TAGS[kind]);
      drawn.textContent = text;
      return drawn;
    }),
  );
}

export function connect(form) {
  const { on, off } = listening();
  let changed = false;
  for (const group of form.querySelectorAll("[data-tracked-field]")) {
    const field = group.querySelector("[data-frozen]");
    const out = group.querySelector("[data-tracked-out]");
    let timer = 0;
    draw(field, out);
    on(field, "input", () => {
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(() => draw(field, out), PAUSE);
    });
  }
  on(form, "submit", () => (changed = false));
  on(window, "beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  return off;
}
