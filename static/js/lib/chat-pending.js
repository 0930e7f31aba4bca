/* Shows the lines that the server does not have yet, with what is in their way and what can be done. */
import { toUnits } from "./points.js";

export function chatPending(section, { isOnDevice, lines, act }) {
  const texts = section.dataset;
  const list = section.querySelector("[data-chat-outbox]");
  const template = section.querySelector("[data-chat-pending]");
  const part = (name, within) => within.querySelector(`[data-part="${name}"]`);

  /* The words as they were typed, with those underlined that were found. */
  function marked(text, findings) {
    const units = toUnits(text, findings.flatMap(({ start, end }) => [start, end]));
    const drawn = [];
    let last = 0;
    findings.forEach((_finding, index) => {
      const [start, end] = units.slice(index * 2, index * 2 + 2);
      if (!(end > start) || start < last) return;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, end);
      drawn.push(text.slice(last, start), mark);
      last = end;
    });
    return [...drawn, text.slice(last)];
  }

  function stateOf(record) {
    if (record.refused === "screened") return texts.textScreened;
    if (record.refused) return texts.textRefused.replace("{words}", () => record.why ?? "");
    if (!record.late) return texts.textSending;
    return isOnDevice() ? texts.textKept : texts.textWaits;
  }

  function dress(element, record) {
    const { body, sticker } = record.fields;
    const findings = (record.findings ?? []).filter(({ end }) => end > 0);
    findings.sort((one, other) => one.start - other.start);
    const look = JSON.stringify([record.refused, record.why, record.late, isOnDevice()]);
    if (element.dataset.look === look) return;
    element.dataset.look = look;
    const bubble = part("text", element);
    bubble.classList.toggle("bub--held", Boolean(record.refused));
    bubble.classList.toggle("bub--sticker", Boolean(sticker));
    if (sticker && !bubble.childElementCount) {
      const drawn = section
        .querySelector('[data-chat-line="a"]')
        .content.querySelector('[data-part="sticker"]')
        .cloneNode(true);
      lines.drawSticker(drawn, sticker);
      bubble.replaceChildren(...drawn.childNodes);
    } else if (!sticker) bubble.replaceChildren(...marked(body, findings));
    const why = part("why", element);
    const reasons = [...new Set(findings.map(({ words }) => words).filter(Boolean))];
    why.hidden = !reasons.length;
    why.textContent = reasons.join(" ");
    const state = part("state", element);
    state.textContent = stateOf(record);
    state.classList.toggle("msg__st--back", Boolean(record.refused));
    const can = {
      mend: Boolean(record.refused) && !sticker,
      ask: record.refused === "screened",
      again: Boolean(record.refused) && record.refused !== "screened",
      drop: Boolean(record.refused || record.late),
    };
    for (const button of element.querySelectorAll("[data-act]")) {
      button.hidden = !can[button.dataset.act];
    }
  }

  function draw(record) {
    const element = template.content.firstElementChild.cloneNode(true);
    element.dataset.key = record.fields.key;
    return element;
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) act(button.dataset.act, button.closest("[data-key]").dataset.key);
  });

  /* Only what changed is touched: whoever stands on a button stays there. */
  return function show(records) {
    const known = new Map([...list.children].map((each) => [each.dataset.key, each]));
    let place = null;
    for (const record of records) {
      const element = known.get(record.fields.key) ?? draw(record);
      known.delete(record.fields.key);
      if (place ? place.nextElementSibling !== element : list.firstElementChild !== element) {
        if (place) place.after(element);
        else list.prepend(element);
      }
      dress(element, record);
      place = element;
    }
    for (const gone of known.values()) gone.remove();
  };
}
