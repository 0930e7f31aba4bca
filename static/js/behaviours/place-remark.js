/* Words that are selected in a frozen text go into the form of a remark, with their place. */
import { listening } from "../lib/listen.js";

const LONGEST = 200;

export function connect(form) {
  const { on, off } = listening();
  const quote = form.elements.namedItem("quote");
  const start = form.elements.namedItem("start");
  const part = form.elements.namedItem("part");
  const hint = form.querySelector("#quote-hint");
  if (form.dataset.pick) hint.textContent = form.dataset.pick;

  /* What stands before it, without what was struck out and without the signs of other remarks. */
  function before(text, range) {
    const lead = document.createRange();
    lead.selectNodeContents(text);
    lead.setEnd(range.startContainer, range.startOffset);
    return words(lead);
  }

  function words(range) {
    const piece = range.cloneContents();
    for (const sign of piece.querySelectorAll("sup, del")) sign.remove();
    return piece.textContent;
  }

  function take() {
    const chosen = document.getSelection();
    if (!chosen || chosen.isCollapsed || chosen.rangeCount === 0) return;
    const range = chosen.getRangeAt(0);
    const holder = range.commonAncestorContainer;
    const text = (holder.nodeType === 1 ? holder : holder.parentElement)?.closest("[data-part]");
    if (!text) return;
    const said = words(range).trim();
    if (!said || said.length > LONGEST) return;
    quote.value = said;
    /* The server counts characters, a browser counts halves of the rarer ones. */
    const lead = before(text, range);
    const skipped = words(range).length - words(range).trimStart().length;
    start.value = [...lead].length + skipped;
    part.value = text.dataset.part;
    form.closest("details").open = true;
  }

  on(document, "mouseup", take);
  on(document, "touchend", take);
  on(document, "keyup", (event) => {
    if (event.shiftKey) take();
  });
  on(quote, "input", () => {
    start.value = "";
  });
  return off;
}
