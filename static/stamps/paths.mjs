/** Path data for the stamps: outlines built from points, moved about, and written as briefly as possible. */

const ARITY = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 };

/** Shifts every coordinate pair of one absolute segment; an arc keeps its radii and flags. */
function shifted(letter, numbers, dx, dy) {
  if (letter === "A") return [...numbers.slice(0, 5), numbers[5] + dx, numbers[6] + dy];
  return numbers.map((value, index) => value + (index % 2 ? dy : dx));
}

/** Reads path data into absolute M, L, C, Q, A and Z segments. */
function segments(data) {
  const tokens = data.match(/[a-zA-Z]|-?\d*\.?\d+/g) ?? [];
  const found = [];
  let [letter, x, y, startX, startY] = ["M", 0, 0, 0, 0];
  let [controlX, controlY] = [0, 0];
  for (let at = 0; at < tokens.length;) {
    if (/[a-zA-Z]/.test(tokens[at])) letter = tokens[at++];
    const upper = letter.toUpperCase();
    if (!(upper in ARITY)) throw new Error(`No such path command: ${letter}`);
    const relative = letter !== upper;
    const raw = tokens.slice(at, at + ARITY[upper]).map(Number);
    at += ARITY[upper];
    if (upper === "Z") {
      found.push(["Z"]);
      [x, y] = [startX, startY];
      continue;
    }
    let kind = upper;
    let numbers = raw;
    if (upper === "H") [kind, numbers] = ["L", [raw[0] + (relative ? x : 0), y]];
    else if (upper === "V") [kind, numbers] = ["L", [x, raw[0] + (relative ? y : 0)]];
    else if (relative) numbers = shifted(upper, raw, x, y);
    if (upper === "S") {
      [kind, numbers] = ["C", [2 * x - controlX, 2 * y - controlY, ...numbers]];
    } else if (upper === "T") {
      [kind, numbers] = ["Q", [2 * x - controlX, 2 * y - controlY, ...numbers]];
    }
    found.push([kind, ...numbers]);
    [x, y] = numbers.slice(-2);
    [controlX, controlY] = kind === "C" || kind === "Q" ? numbers.slice(-4, -2) : [x, y];
    if (kind === "M") {
      [startX, startY] = [x, y];
      // Further pairs after a move are lines, as the SVG grammar has it.
      letter = relative ? "l" : "L";
    }
  }
  return found;
}

const tenth = (value) => Math.round(value * 10);

/** A count of tenths as the shortest decimal: 5 → ".5", -30 → "-3". */
function decimal(tenths) {
  return String(tenths / 10).replace(/^(-?)0\./, "$1.");
}

function joined(counts) {
  return counts.map(decimal).reduce((text, number) => {
    return text && !number.startsWith("-") ? `${text} ${number}` : text + number;
  }, "");
}

/** Rewrites path data with relative commands on a grid of tenths, which keeps each file small. */
function tidy(data) {
  let [text, last, x, y, startX, startY] = ["", "", 0, 0, 0, 0];
  for (const [letter, ...numbers] of segments(data)) {
    if (letter === "Z") {
      text += "z";
      [last, x, y] = ["z", startX, startY];
      continue;
    }
    const grid = numbers.map(tenth);
    let [command, body] = [letter.toLowerCase(), ""];
    const [endX, endY] = grid.slice(-2);
    if (letter === "A") {
      const flags = `${numbers[3]} ${numbers[4]}`;
      body = `${joined(grid.slice(0, 2))} 0 ${flags} ${joined([endX - x, endY - y])}`;
    } else if (letter === "L" && endX === x && endY === y) {
      // A line of no length is drawn only right after a move, where round ends make it a dot.
      if (last !== "m") continue;
      [command, body] = ["h", "0"];
    } else if (letter === "L" && endY === y) {
      [command, body] = ["h", joined([endX - x])];
    } else if (letter === "L" && endX === x) {
      [command, body] = ["v", joined([endY - y])];
    } else {
      body = joined(grid.map((value, index) => value - (index % 2 ? y : x)));
    }
    const continues = command === last && command !== "m";
    text += continues ? (body.startsWith("-") ? body : ` ${body}`) : command + body;
    [last, x, y] = [command, endX, endY];
    if (letter === "M") [startX, startY] = [x, y];
  }
  return text;
}

/** Moves a shape drawn around 0,0 to its place: scaled, mirrored, turned by degrees, then shifted. */
export function place(data, x, y, { size = 1, turn = 0, flip = false } = {}) {
  const angle = (turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const mirror = flip ? -1 : 1;
  return segments(data)
    .map(([letter, ...numbers]) => {
      const head = letter === "A" ? numbers.splice(0, 5) : [];
      if (letter === "A") {
        head[0] *= size;
        head[1] *= size;
        head[4] = flip ? 1 - head[4] : head[4];
      }
      const moved = [];
      for (let at = 0; at < numbers.length; at += 2) {
        const [px, py] = [numbers[at] * size * mirror, numbers[at + 1] * size];
        moved.push((px * cos - py * sin + x).toFixed(3), (px * sin + py * cos + y).toFixed(3));
      }
      return letter + [...head, ...moved].join(" ");
    })
    .join("");
}

/** Cuts a flat list into groups of one size. */
function groups(flat, size) {
  return Array.from({ length: flat.length / size }, (_, i) => flat.slice(i * size, (i + 1) * size));
}

/** A flat list of coordinates as points. */
export function pairs(flat) {
  return groups(flat, 2);
}

/** Straight lines through a flat list of coordinates: `[x, y, x, y, …]`. */
export function lines(flat) {
  return `M${pairs(flat)
    .map((point) => point.join(" "))
    .join("L")}`;
}

export function polygon(flat) {
  return `${lines(flat)}z`;
}

/** A smooth line through the points (Catmull–Rom, written as cubic curves). */
export function curve(flat) {
  const points = pairs(flat);
  let data = `M${points[0].join(" ")}`;
  for (let i = 0; i < points.length - 1; i += 1) {
    const [before, from, to, after] = [
      points[i - 1] ?? points[i],
      points[i],
      points[i + 1],
      points[i + 2] ?? points[i + 1],
    ];
    const out = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const into = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    data += `C${[...out, ...into, ...to].join(" ")}`;
  }
  return data;
}

/** A jagged outline from left to right, closed down to `base`. */
export function ridge(flat, base = 104) {
  return `${lines(flat)}V${base}H${flat[0]}z`;
}

/** A rolling outline from left to right, closed down to `base`. */
export function hill(flat, base = 104) {
  return `${curve(flat)}V${base}H${flat[0]}z`;
}

export function box(x, y, width, height) {
  return `M${x} ${y}h${width}v${height}h${-width}z`;
}

export function disc(x, y, radius) {
  return oval(x, y, radius, radius);
}

export function oval(x, y, rx, ry) {
  return `M${x - rx} ${y}a${rx} ${ry} 0 1 1 ${2 * rx} 0a${rx} ${ry} 0 1 1 ${-2 * rx} 0z`;
}

/** A leaf-shaped lens from one point to another; petals, grains, hulls and poplars are all lenses. */
export function lens(x1, y1, x2, y2, width) {
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [awayX, awayY] = [((y2 - y1) / length) * width, ((x1 - x2) / length) * width];
  const [leftX, leftY] = [middleX + awayX, middleY + awayY];
  const [rightX, rightY] = [middleX - awayX, middleY - awayY];
  return `M${x1} ${y1}Q${leftX} ${leftY} ${x2} ${y2}Q${rightX} ${rightY} ${x1} ${y1}z`;
}

/** The same shape at several places, its arguments one after another: `each(fir, [x, y, height, …])`. */
export function each(shape, flat) {
  return groups(flat, shape.length)
    .map((place) => shape(...place))
    .join("");
}

/** Filled shapes become one element. */
export function fill(colour, ...shapes) {
  return `<path fill="${colour}" d="${tidy(shapes.join(""))}"/>`;
}

/** Filled shapes in which an inner outline cuts a hole. */
export function pierced(colour, ...shapes) {
  return `<path fill="${colour}" fill-rule="evenodd" d="${tidy(shapes.join(""))}"/>`;
}

/** Drawn lines become one element. */
export function stroke(colour, width, ...shapes) {
  const size = decimal(tenth(width));
  return `<path fill="none" stroke="${colour}" stroke-width="${size}" d="${tidy(shapes.join(""))}"/>`;
}

/** Round dots of one size, cheaper than circles: lines of no length with round ends. */
export function dots(colour, width, flat) {
  return stroke(colour, width, ...pairs(flat).map((point) => `M${point.join(" ")}h0`));
}

/** Points on a ring around x,y: `count` of them, the first at `turn` degrees. */
export function ring(x, y, radius, count, turn = -90) {
  return Array.from({ length: count }, (_, i) => {
    const angle = ((turn + (360 / count) * i) * Math.PI) / 180;
    return [x + Math.cos(angle) * radius, y + Math.sin(angle) * radius];
  }).flat();
}
