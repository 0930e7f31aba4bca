/* The server counts characters, a browser counts units: one that takes two units is one. */

/* Gives where these places are for the browser. They are in order. */
export function toUnits(text, points) {
  let unit = 0;
  let point = 0;
  return points.map((wanted) => {
    while (point < wanted && unit < text.length) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    return unit;
  });
}
