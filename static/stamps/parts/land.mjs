/** Land and water: mountains with snow, rows of fields, waves. */

import { each, polygon } from "../paths.mjs";

/** The snow on the peak that is point `index` of a ridge, with a torn lower edge. */
export function snowcap(flat, index, depth) {
  const at = (i) => [flat[2 * i], flat[2 * i + 1]];
  const peak = at(index);
  const down = (foot) => {
    const share = Math.min(0.95, depth / Math.max(1, foot[1] - peak[1]));
    return [peak[0] + (foot[0] - peak[0]) * share, peak[1] + (foot[1] - peak[1]) * share];
  };
  const left = down(at(index - 1) ?? [peak[0] - depth, peak[1] + depth]);
  const right = down(at(index + 1) ?? [peak[0] + depth, peak[1] + depth]);
  const level = (share, lift) => [
    right[0] + (left[0] - right[0]) * share,
    right[1] + (left[1] - right[1]) * share - depth * lift,
  ];
  const torn = [level(0.2, 0.32), level(0.38, -0.06), level(0.56, 0.36), level(0.76, 0.02)];
  return polygon([...left, ...peak, ...right, ...torn.flat()]);
}

/** The side of a peak turned away from the light, down to its left neighbour. */
export function shade(flat, index, drop) {
  const [footX, footY, x, y] = flat.slice(2 * index - 2, 2 * index + 2);
  const edge = `L${x + 2} ${y + drop * 0.6}L${x - 2} ${y + drop * 0.4}`;
  return `M${x} ${y}L${footX} ${footY}V${y + drop}H${x - 1}${edge}z`;
}

/** One line of small waves from `x` to `end`. */
export function ripple(x, y, end, length = 14, height = 2) {
  const half = length / 2;
  let data = `M${x} ${y}`;
  for (let at = x, up = -1; at < end; at += half, up = -up) {
    data += `q${half / 2} ${up * height * 2} ${half} 0`;
  }
  return data;
}

/** Short level strokes on still water: `[x, y, length, …]`. */
export function glints(flat) {
  return each((x, y, length) => `M${x} ${y}h${length}`, flat);
}

/** Field rows that run from the bottom edge to one point on the horizon, as closed wedges. */
export function rows(x, y, count, from, to, bottom = 104) {
  const step = (to - from) / (2 * count);
  return Array.from({ length: count }, (_, i) => {
    const start = from + 2 * i * step;
    const narrow = x + (start - x) * 0.06;
    return polygon([start, bottom, narrow, y, narrow + step * 0.06, y, start + step, bottom]);
  }).join("");
}
