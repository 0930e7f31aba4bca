/* Lays the paper that the writer chooses under the words at once; they and the cursor stay. */
import { listening } from "../lib/listen.js";
import { keepPlace } from "../lib/place.js";

/* Scripts whose letters join or stack: they have no squares. The server has the same list. */
const JOINED = /[\u0590-\u109f\u1200-\u139f\u1780-\u18af\u1900-\u1aaf\ua840-\ua87f\ufb1d-\ufdff\ufe70-\ufefe]/u;
const AFTER_TYPING = 500;

export function connect(element) {
  const { on, off } = listening();
  const sheet = document.getElementById(element.dataset.sheet);
  const area = sheet.querySelector("textarea");
  const lunar = sheet.querySelector("[data-lunar]");
  let timer = 0;

  const chosen = (name) => element.querySelector(`[name="${name}"]:checked`)?.value;

  function lay() {
    const paper = chosen("paper") ?? sheet.dataset.paper;
    const hand = chosen("hand") ?? sheet.dataset.hand;
    const unsquared = paper === "grid" && JOINED.test(area.value);
    const same =
      paper === sheet.dataset.paper &&
      hand === sheet.dataset.hand &&
      unsquared === "unsquared" in sheet.dataset;
    if (lunar) lunar.hidden = !chosen("lunar");
    if (same) return;
    keepPlace(area, () => {
      sheet.dataset.paper = paper;
      sheet.dataset.hand = hand;
      sheet.toggleAttribute("data-unsquared", unsquared);
      area.dispatchEvent(new Event("reshape"));
    });
  }

  on(element, "change", lay);
  on(area, "input", () => {
    if (sheet.dataset.paper !== "grid") return;
    clearTimeout(timer);
    timer = setTimeout(lay, AFTER_TYPING);
  });
  lay();
  return () => {
    clearTimeout(timer);
    off();
  };
}
