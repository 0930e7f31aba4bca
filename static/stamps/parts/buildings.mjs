/** Roofs, walls, bridges and boats. */

import { box, lens, polygon } from "../paths.mjs";

/** A hipped roof with lifted eaves: `y` is the ridge, `eave` and `top` are half widths. */
export function roof(x, y, eave, height, top, lift = 3) {
  const foot = y + height;
  const slope = top + (eave - top) * 0.35;
  const side = (sign) =>
    `${x + sign * slope} ${y + height * 0.78} ${x + sign * eave} ${foot - lift}`;
  return [
    `M${x - top} ${y}H${x + top}Q${side(1)}`,
    `Q${x + eave * 0.92} ${foot} ${x + eave * 0.8} ${foot}H${x - eave * 0.8}`,
    `Q${x - eave * 0.92} ${foot} ${x - eave} ${foot - lift}`,
    `Q${x - slope} ${y + height * 0.78} ${x - top} ${y}z`,
  ].join("");
}

/** A plain gable seen from its long side. */
export function gable(x, y, width, height, slant = 3) {
  return polygon([x + slant, y, x + width - slant, y, x + width, y + height, x, y + height]);
}

/** A wall that narrows upwards. */
export function batter(x, y, width, height, slant) {
  return polygon([x + slant, y, x + width - slant, y, x + width, y + height, x, y + height]);
}

/** A doorway with a round head, its foot in the middle at `x`, `base`. */
export function arch(x, base, width, height) {
  const r = width / 2;
  return `M${x - r} ${base}V${base - height + r}a${r} ${r} 0 0 1 ${width} 0V${base}z`;
}

/** Equal upright strokes between two ends: columns, posts, piers. */
export function posts(from, to, count, top, bottom) {
  const step = (to - from) / (count - 1);
  return Array.from({ length: count }, (_, i) => `M${from + i * step} ${top}V${bottom}`).join("");
}

/** Rows of small windows: `size` wide and high, `gap` from one to the next. */
export function windows(x, y, columns, rows, gap, size) {
  let data = "";
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      data += box(x + column * gap, y + row * gap, size, size);
    }
  }
  return data;
}

/** A skyline as steps: `[x, top, x, top, …]`, each top lasting to the next x. */
export function skyline(flat, end, base) {
  let data = `M${flat[0]} ${base}`;
  for (let i = 0; i < flat.length; i += 2) data += `H${flat[i]}V${flat[i + 1]}`;
  return `${data}H${end}V${base}z`;
}

/** A sail boat on the line `y`: the hull, and its sails. */
export function hull(x, y, width) {
  return `M${x - width / 2} ${y}h${width}q${-width * 0.12} ${width * 0.22} ${-width * 0.26} ${width * 0.22}h${-width * 0.46}q${-width * 0.2} 0 ${-width * 0.28} ${-width * 0.22}z`;
}

export function sails(x, y, height) {
  return `M${x} ${y}V${y - height}Q${x + height * 0.55} ${y - height * 0.35} ${x + height * 0.5} ${y}zM${x - 1} ${y}V${y - height * 0.85}Q${x - height * 0.3} ${y - height * 0.3} ${x - height * 0.36} ${y}z`;
}

/** A river boat with an arched mat cover. */
export function barge(x, y, width) {
  return `M${x - width / 2} ${y - 2}q${width * 0.12} ${4} ${width * 0.3} 4h${width * 0.4}q${width * 0.2} 0 ${width * 0.3} -4z`;
}

/** The three blades of a wind turbine around its hub. */
export function blades(x, y, length, turn) {
  return [0, 120, 240]
    .map((step) => {
      const rad = ((turn + step) * Math.PI) / 180;
      return lens(x, y, x + Math.cos(rad) * length, y + Math.sin(rad) * length, length * 0.09);
    })
    .join("");
}
