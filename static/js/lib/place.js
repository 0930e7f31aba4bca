/* Keeps what one looks at where it is while the page around it changes its shape. */

/* The character at a point of the window: as a range, or as a place in a field that one types in. */
function at(x, y, area) {
  const place = document.caretPositionFromPoint?.(x, y);
  if (area) return place?.offsetNode === area ? place.offset : null;
  if (place?.offsetNode?.nodeType === Node.TEXT_NODE) {
    const range = document.createRange();
    range.setStart(place.offsetNode, place.offset);
    return range;
  }
  return document.caretRangeFromPoint?.(x, y) ?? null;
}

/* A point of the first line of an element that shows below the bar on top, and can be seen. */
function firstSeen(element) {
  const box = element.getBoundingClientRect();
  const bar = document.querySelector(".topbar")?.getBoundingClientRect().bottom ?? 0;
  const y = Math.max(box.top, bar, 0) + 20;
  const seen = y < Math.min(box.bottom, window.innerHeight);
  return seen ? { x: box.left + box.width / 2, y, box } : null;
}

const scrollTo = (top) => window.scrollTo({ top, behavior: "instant" });

/* A field tells which character lies at a point, but not where a character lies: halve and look. */
function findInArea(area, character, y) {
  const box = area.getBoundingClientRect();
  const x = box.left + box.width / 2;
  let low = window.scrollY + box.top - y;
  let high = low + box.height;
  while (high - low > 8) {
    const middle = (low + high) / 2;
    scrollTo(middle);
    const there = at(x, y, area);
    if (there === null || there < character) low = middle;
    else high = middle;
  }
}

/* Runs a change; the line of `element` that stood first in the window stands there afterwards. */
export function keepPlace(element, change) {
  const area = element.tagName === "TEXTAREA" ? element : null;
  const seen = firstSeen(element);
  const { top: begun, height } = element.getBoundingClientRect();
  const mark = seen && begun < 0 ? at(seen.x, seen.y, area) : null;
  const before = mark instanceof Range ? mark.getBoundingClientRect().top : 0;
  const share = seen && (seen.y - seen.box.top) / seen.box.height;
  change();
  const now = element.getBoundingClientRect();
  if (now.top === begun && now.height === height) return;
  if (!seen || begun >= 0) {
    /* The beginning of the letter is in view: it stays. */
    window.scrollBy({ top: now.top - begun, behavior: "instant" });
  } else if (mark instanceof Range) {
    window.scrollBy({ top: mark.getBoundingClientRect().top - before, behavior: "instant" });
  } else if (typeof mark === "number") {
    findInArea(area, mark, seen.y);
  } else {
    scrollTo(window.scrollY + now.top + share * now.height - seen.y);
  }
}
