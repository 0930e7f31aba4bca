/** Stamps of Xinjiang along and north of the Tianshan, with the corps: lakes, meadows, fields and gobi. */

import * as p from "../parts.mjs";

/** Cotton ripe between shelter belts, a picker far down the rows. */
export function bingtuan() {
  const range = [0, 50, 10, 45, 18, 48, 30, 40, 38, 46, 50, 38, 60, 46, 70, 41, 84, 48];
  const left = [2, 78, 44, 12, 71, 32, 20, 67, 24, 26, 65, 19, 31, 63.5, 15, 35, 62.5, 12];
  const right = left.map((value, i) => (i % 3 ? value : 88 - value));
  return [
    p.sky("#dbe8ee", "#edf2ef", 26),
    p.sun(62, 25, 7.5),
    p.fill("#b4c8d6", p.ridge(range)),
    p.fill(p.paper, p.snowcap(range, 3, 4), p.snowcap(range, 5, 5), p.snowcap(range, 7, 3.5)),
    p.fill("#c9bd7c", p.box(0, 60, 84, 44)),
    p.fill("#8aa35e", p.rows(44, 60, 6, -62, 150)),
    p.fill("#3f7356", p.each(p.poplar, [...left, ...right])),
    p.fill("#6b9a66", p.each(p.poplarLit, [...left.slice(0, 9), ...right.slice(0, 9)])),
    p.fill(p.accent, p.box(40, 58, 9, 5), p.box(46, 55, 4, 4)),
    p.fill("#f0e3c4", p.box(40.5, 54, 5.5, 4)),
    p.dots(p.ink, 2.6, [41.5, 63.5, 48, 63.5]),
    p.dots(p.paper, 1.6, [38, 68, 50, 68, 34, 70, 54, 70, 44, 69, 29, 73, 60, 73]),
    p.dots(
      p.paper,
      2.6,
      [40, 75, 49, 76, 30, 79, 58, 79, 22, 77, 66, 76, 16, 84, 74, 83, 45, 82, 36, 84, 54, 85],
    ),
    p.stroke("#5d6b3c", 1.8, "M16 106Q20 98 20 92M44 108Q44 102 47 97M72 106Q70 96 66 92"),
    p.fill(
      "#56774a",
      p.lens(18, 100, 4, 94, 5),
      p.lens(20, 100, 33, 98, 5),
      p.lens(45, 105, 56, 104, 4),
      p.lens(69, 98, 82, 98, 5),
      p.lens(66, 104, 55, 99, 3.5),
    ),
    p.fill("#8a6b45", p.cup(20, 88, 6), p.cup(47, 94, 6), p.cup(66, 88, 6)),
    p.bolls("#e4e0d6", 7.5, [20, 87.6, 47, 93.6, 66, 87.6]),
    p.bolls(p.paper, 6.5, [20.4, 86.4, 47.4, 92.4, 66.4, 86.4]),
  ].join("");
}

/** The heavenly lake beneath three snow peaks, spruces on its slopes. */
export function changji() {
  const peaks = [0, 54, 14, 46, 22, 50, 33, 30, 38, 37, 48, 17, 56, 35, 64, 25, 76, 46, 84, 42];
  return [
    p.sky("#cfe0ef", "#e8eff2", 26),
    p.fill("#9fb9d4", p.ridge(peaks)),
    p.fill("#7f9dc0", p.shade(peaks, 3, 50), p.shade(peaks, 5, 60), p.shade(peaks, 7, 55)),
    p.fill(
      p.paper,
      p.snowcap(peaks, 3, 12),
      p.snowcap(peaks, 5, 17),
      p.snowcap(peaks, 7, 13),
      p.snowcap(peaks, 1, 4),
    ),
    p.fill("#5d8a6a", "M-2 54Q18 58 38 70H-2zM86 50Q66 56 48 70H86z"),
    p.fill("#3c6f86", p.box(0, 69, 84, 35)),
    p.fill("#5b93a8", "M0 69H84V72Q60 78 42 76T0 80z"),
    p.stroke("#dbe9ee", 1.6, p.glints([37, 79, 21, 41, 82.5, 13, 44, 86, 8, 46.5, 89.5, 3])),
    p.stroke("#7fb0bd", 1.2, p.glints([25, 83, 8, 28, 92, 7, 57, 88, 8, 52, 94, 6])),
    p.fill(
      "#2f6149",
      p.each(
        p.fir,
        [
          2, 70, 12, 9, 71, 13, 16, 71, 11, 23, 71, 9, 30, 71, 7, 54, 71, 8, 61, 71, 11, 68, 71, 12,
          75, 71, 13, 82, 70, 14,
        ],
      ),
    ),
    p.fill("#3f7a5c", "M-2 86Q12 84 20 94L26 106H-2zM86 84Q72 86 66 94L60 106H86z"),
    p.fill("#234d40", p.each(p.spruce, [6, 98, 36, 18, 104, 30, 77, 97, 40, 67, 104, 26])),
    p.fill("#4d8060", p.hill([-2, 98, 20, 97, 44, 101, 66, 97, 86, 98])),
    p.fill("#3f7a5c", p.each(p.spruce, [-1, 106, 24, 86, 106, 26])),
    p.stroke("#7b5238", 1.3, "M34 106Q40 98 48 95M40 99Q38 95 40 91M44 96.5Q46 101 52 101"),
    p.stroke(p.accent, 3.4, "M48.5 94.5v1M40.5 89.5v1M53 100.5v1"),
    p.fill("#8fae6b", p.lens(36, 102, 29, 99, 2.4), p.lens(42, 97.5, 46, 91, 2.4)),
  ].join("");
}

/** The crescent bend of a turquoise river among golden larches. */
export function aletai() {
  const peaks = [0, 46, 12, 40, 22, 45, 36, 31, 46, 42, 58, 34, 68, 44, 84, 36];
  return [
    p.sky("#dbe8ee", "#eef2ee", 24),
    p.fill("#a9bccb", p.ridge(peaks)),
    p.fill("#8ea5b9", p.shade(peaks, 3, 30), p.shade(peaks, 5, 28)),
    p.fill(p.paper, p.snowcap(peaks, 3, 7), p.snowcap(peaks, 5, 6), p.snowcap(peaks, 1, 4)),
    p.fill(
      "#5d8570",
      p.hill([0, 52, 18, 46, 36, 52, 50, 56]),
      p.hill([30, 60, 48, 52, 66, 45, 84, 48]),
    ),
    p.fill(
      "#37655a",
      p.each(p.fir, [4, 57, 13, 18, 57, 13, 32, 60, 12, 57, 60, 13, 68, 59, 14, 80, 58, 13]),
    ),
    p.fill(
      "#dba53a",
      p.each(p.fir, [11, 58, 15, 25, 60, 14, 38, 61, 11, 50, 60, 12, 63, 59, 15, 74, 58, 14]),
    ),
    p.fill("#8ba05a", p.hill([0, 60, 24, 58, 44, 61, 64, 58, 84, 56])),
    p.fill(
      "#2f9690",
      "M44 60C66 62 78 68 66 76C52 84 18 80 10 90C6 96 14 102 24 104H60C40 100 34 94 44 90C62 84 86 84 84 70C82 62 60 60 48 60z",
    ),
    p.fill(
      "#6cc2b6",
      "M48 60C68 63 76 68 65 74C50 82 18 79 11 88C24 82 58 84 72 76C82 69 66 62 52 60z",
    ),
    p.fill(
      "#a3b46a",
      p.lens(48, 75, 64, 74, 3),
      p.lens(22, 91, 40, 89, 4),
      p.hill([52, 104, 56, 96, 70, 92, 84, 92]),
    ),
    p.fill("#37655a", p.each(p.fir, [58, 74.5, 7, 34, 90, 8])),
    p.fill("#dba53a", p.each(p.fir, [54, 75, 8, 28, 90.5, 10])),
    p.fill("#c98f2b", p.each(p.spruce, [5, 84, 20, 80, 94, 24, 64, 107, 26])),
    p.fill("#e9b94d", p.each(p.spruce, [71, 97, 17, 3, 107, 24])),
    p.fill("#2b544b", p.each(p.spruce, [13, 108, 20, 83, 107, 24, 73, 107, 16])),
    p.fill(p.accent, p.each(p.spruce, [55, 107, 14, 14, 86, 11])),
  ].join("");
}

/** Lavender in rows below the Tianshan, bee boxes by the field. */
export function yili() {
  const range = [0, 48, 10, 42, 20, 47, 32, 32, 42, 43, 54, 29, 64, 42, 74, 36, 84, 44];
  return [
    p.sky("#e3e4f1", "#f1f0ee", 25),
    p.fill("#a3b4d0", p.ridge(range)),
    p.fill("#8799bd", p.shade(range, 3, 26), p.shade(range, 5, 28), p.shade(range, 7, 20)),
    p.fill(
      p.paper,
      p.snowcap(range, 3, 8),
      p.snowcap(range, 5, 9),
      p.snowcap(range, 7, 5),
      p.snowcap(range, 1, 4),
    ),
    p.fill("#7fa678", p.hill([0, 54, 18, 49, 36, 54, 56, 48, 84, 53])),
    p.fill(
      "#4d7d62",
      p.each(
        p.fir,
        [3, 56, 10, 9, 55, 13, 15, 55, 10, 54, 54, 11, 60, 54, 14, 66, 55, 11, 72, 56, 8],
      ),
    ),
    p.fill("#b9c77f", p.hill([0, 59, 30, 56, 60, 59, 84, 57])),
    p.fill("#8f7dbb", p.box(0, 63, 84, 41)),
    p.fill("#c9c08a", p.rows(46, 62, 5, -80, 140)),
    p.fill("#6d5aa3", p.rows(46, 62, 5, -60, 160)),
    p.fill(p.paper, p.box(62, 58, 5, 5), p.box(75, 58, 5, 5)),
    p.fill(p.accent, p.box(68.5, 58, 5, 5)),
    p.stroke("#6b7f96", 1.2, "M61.5 57.5H80.5"),
    p.lavender(13, 107, 34),
    p.lavender(43, 109, 22),
    p.lavender(71, 107, 31),
  ].join("");
}

/** A wide blue lake ringed by snow, swans, and globeflowers on its shore. */
export function bozhou() {
  const range = [0, 44, 8, 39, 17, 43, 28, 34, 37, 41, 47, 35, 56, 41, 67, 31, 77, 40, 84, 37];
  return [
    p.sky("#cfe4ef", "#e9f1f0", 24),
    p.fill(p.paper, p.cloud(42, 22, 30), p.cloud(66, 30, 18)),
    p.fill("#9db6cf", p.ridge(range)),
    p.fill("#84a1bf", p.shade(range, 3, 14), p.shade(range, 5, 12), p.shade(range, 7, 16)),
    p.fill(
      p.paper,
      p.snowcap(range, 3, 5),
      p.snowcap(range, 5, 4),
      p.snowcap(range, 7, 6),
      p.snowcap(range, 1, 3),
    ),
    p.fill("#6d9a7c", p.hill([0, 50, 20, 47, 42, 49, 66, 46, 84, 48])),
    p.fill("#1f6fa8", p.box(0, 50, 84, 54)),
    p.fill("#3d8fc0", "M0 54Q30 58 84 53V62Q50 68 0 63z"),
    p.fill("#57b3c4", "M0 74Q30 68 52 74T84 76V86H0z"),
    p.fill("#a9dbd6", "M0 84Q20 76 44 80Q66 82 84 84V104H0z"),
    p.stroke("#bfe0ec", 1.2, p.glints([6, 59, 10, 34, 56, 12, 62, 60, 14, 14, 68, 9, 66, 70, 9])),
    p.fill(p.paper, p.swan.body(38, 69, 0.95), p.swan.body(61, 78, 0.6)),
    p.stroke(p.paper, 2.2, p.swan.neck(38, 69, 0.95)),
    p.stroke(p.paper, 1.5, p.swan.neck(61, 78, 0.6)),
    p.stroke("#e0912f", 1.4, p.swan.bill(38, 69, 0.95), p.swan.bill(61, 78, 0.6)),
    p.fill("#5f9a5e", p.hill([0, 88, 18, 84, 40, 90, 62, 92, 84, 88])),
    p.fill("#3f7a52", p.hill([0, 98, 24, 95, 50, 99, 84, 96])),
    p.stroke("#3f7a52", 1.2, "M8 104V90M20 104V92M30 104V96M52 104V96M64 104V93M76 104V90"),
    p.flowers("#f2b632", 4, [8, 89, 20, 91, 64, 92, 76, 89, 41, 100]),
    p.flowers("#fbe08a", 3, [14, 98, 30, 95, 52, 96, 70, 99]),
    p.stroke(p.accent, 3, "M2 99v1M26 101v1M59 101v1M82 97v1M46 93v.6"),
  ].join("");
}

/** Wild almond in flower on the windy hills, turbines and grazing horses. */
export function tacheng() {
  const heads = [
    [7, 97],
    [22, 95],
    [38, 98],
    [54, 98],
    [69, 95],
    [81, 97],
  ];
  const mills = [
    [30, 38, 12, 62, 20],
    [52, 30, 15, 60, 50],
    [74, 24, 18, 56, -10],
  ];
  return [
    p.sky("#d9e9ec", "#eef3ec", 25),
    p.fill("#b6cdc8", p.hill([0, 54, 16, 48, 34, 53, 54, 46, 84, 50])),
    p.stroke(p.paper, 1.8, ...mills.map(([x, y, , base]) => `M${x} ${y}V${base}`)),
    p.fill(p.paper, ...mills.map(([x, y, length, , turn]) => p.blades(x, y, length, turn))),
    p.dots(
      "#7f99a3",
      2.4,
      mills.flatMap(([x, y]) => [x, y]),
    ),
    p.fill("#a9c27c", p.hill([0, 60, 20, 55, 44, 60, 66, 54, 84, 58])),
    p.fill("#8fb06a", p.hill([0, 70, 26, 63, 50, 69, 84, 61])),
    p.fill("#6b4a36", p.horse(32, 65, 0.6)),
    p.fill("#a9714a", p.horse(58, 67, 0.7, { flip: true })),
    p.fill("#719a58", p.hill([0, 80, 20, 74, 46, 81, 84, 73])),
    p.stroke(
      "#6b4a3c",
      1.4,
      "M14 90Q13 84 10 80M14 90Q16 84 20 80M66 88Q66 82 62 76M66 88Q68 80 74 76M42 92Q42 86 38 84M42 92Q43 87 47 85",
    ),
    p.crowns("#d9809a", 7, [10, 82, 21, 82, 61, 78, 75, 77, 38, 86]),
    p.crowns("#efb0bd", 5.5, [15, 78, 68, 73, 44, 85]),
    p.dots("#fdeef0", 2, [14, 76, 20, 80, 66, 71, 76, 76, 44, 83]),
    p.fill("#4f7f4c", p.hill([0, 94, 24, 90, 50, 95, 84, 89])),
    p.stroke("#35603c", 1.2, ...heads.map(([x, y]) => `M${x} 106V${y}`)),
    p.stroke(
      p.accent,
      1.6,
      ...heads.map(
        ([x, y]) =>
          `M${x - 4} ${y - 3.5}L${x} ${y}L${x + 4} ${y - 3.5}M${x - 1.8} ${y - 5.5}L${x} ${y}L${x + 1.8} ${y - 5.5}`,
      ),
    ),
    p.dots("#e9a43c", 3, heads.flat()),
  ].join("");
}

/** Wind-carved ridges of the gobi, a far caravan, and melons on the vine. */
export function hami() {
  return [
    p.sky("#f0dcc6", "#f5ebdc", 26),
    p.sun(66, 26, 8),
    p.fill("#d3b8a6", p.ridge([0, 54, 14, 48, 26, 52, 40, 44, 54, 50, 70, 43, 84, 49])),
    p.fill(
      "#c58a5c",
      "M-2 72V56L2 55L3 50H12L14 54L19 55L20 60L25 62L27 72zM36 72L38 58L42 57L43 47L47 45L49 39H58L60 44L63 46L64 56L68 58L70 72zM74 72L75 60L79 58L80 53H86V72z",
    ),
    p.fill(
      "#a06a45",
      "M-2 72V62L6 60L8 66L14 64L16 72zM36 72L38 61L44 58L46 50L49 48L50 60L54 62L55 72zM74 72L76 64L81 62L82 72z",
    ),
    p.stroke(
      "#e3b58a",
      1,
      "M4 53H12M15 58H19M50 42H58M51 47H62M44 52H48M54 58H64M56 64H68M40 64H52M80 57H84",
    ),
    p.fill("#e0bd8a", p.hill([0, 70, 30, 67, 60, 71, 84, 68])),
    p.fill("#5d4030", p.camel(22, 70, 0.62), p.camel(34, 69.5, 0.62), p.camel(46, 70.2, 0.62)),
    p.fill("#d3a86c", p.hill([0, 80, 26, 76, 56, 81, 84, 77])),
    p.fill("#a8834f", p.hill([0, 92, 30, 88, 60, 93, 84, 90])),
    p.stroke(
      "#5c7a45",
      1.6,
      "M-2 82Q12 76 22 82T44 82T66 80T88 82M34 85Q33 81 36 80M66 86Q65 82 68 80",
    ),
    p.fill("#5f8a4e", p.lobed(10, 85, 11, 10), p.lobed(50, 84, 11, -10)),
    p.fill("#d9a83f", p.oval(30, 94, 17, 9)),
    p.fill("#ecca66", "M13.5 92a17 9 0 0 1 33 0Q40 99 28 99T13.5 92z"),
    p.fill("#93a355", p.oval(67, 93, 15, 8)),
    p.fill("#b3c070", "M52.5 91a15 8 0 0 1 29 0Q76 97 66 97T52.5 91z"),
    p.stroke(
      "#fbe9b2",
      0.7,
      "M18 88L28 103M25 86L38 101M34 85.5L45 96M15 98L29 85.5M22 102L39 87M33 103L45 90",
    ),
    p.stroke("#dfe6ae", 0.7, "M55 89L66 101M63 86L76 99M72 85.5L81 94M54 97L67 85.5M63 100L76 87"),
    p.fill("#7f9a4e", "M40 98Q48 110 66 100Q54 101 40 98z"),
    p.fill("#f0a15a", "M41.5 97Q50 106 65 99.5Q58 92 41.5 97z"),
    p.fill("#f7d59a", p.lens(46, 97.5, 60, 98.5, 2.4)),
  ].join("");
}

/** The flaming mountains, a brick house for drying grapes, the trellis above. */
export function tulufan() {
  return [
    p.sky("#f4e0c4", "#f7eedd", 25),
    p.fill("#d98a5c", "M-2 60L8 48L14 52L22 42L30 48L40 36L50 46L58 40L68 48L76 40L86 48V76H-2z"),
    p.fill(
      p.accent,
      "M-2 76L8 48L10 64L14 52L17 66L22 42L26 64L30 48L35 66L40 36L46 62L50 46L54 64L58 40L64 62L68 48L72 62L76 40L81 60L86 48V78H-2z",
    ),
    p.fill(
      "#a63d2c",
      "M-2 78L4 62L8 48L8 70L14 58L16 72L22 42L21 66L28 58L30 74L40 36L39 62L46 70L50 54L51 70L58 40L57 66L64 70L68 56L69 70L76 40L75 66L80 72L86 60V80H-2z",
    ),
    p.fill("#e6c188", p.hill([0, 76, 26, 72, 56, 76, 84, 72])),
    p.fill("#c98f56", p.box(10, 68, 38, 26)),
    p.fill("#b0763f", p.box(10, 68, 7, 26)),
    p.stroke("#8f5a30", 1.5, "M9 68H49"),
    p.fill("#7b4a28", p.windows(21, 72, 5, 3, 5, 2.5), p.arch(34, 94, 8, 9.5)),
    p.fill("#6f9457", p.hill([0, 93, 20, 90, 48, 94, 66, 88, 84, 90])),
    p.stroke("#4d7444", 2.4, p.curve([-2, 99, 24, 96, 50, 100, 86, 94])),
    p.stroke("#8fb06a", 1.4, p.curve([-2, 96, 24, 93, 50, 97, 86, 91])),
    p.stroke("#6b4a30", 2.4, "M80 104V4M86 6H34M66 6L80 18"),
    p.stroke("#6f8f4e", 1.2, "M36 6Q46 12 56 6T76 8M58 6V12M72 7V20"),
    p.fill(
      "#5f8a4e",
      p.lobed(44, 14, 9, 180),
      p.lobed(64, 12, 9, 170),
      p.lobed(80, 14, 9, 200),
      p.lobed(36, 9, 6, 190),
    ),
    p.dots("#b9c25c", 4, p.bunch(56, 14, 2.1)),
    p.dots("#7d5a86", 4, p.bunch(73, 22, 2.1)),
    p.dots("#e3e6a0", 1.2, [52, 15.5, 56, 15.5, 57, 19]),
  ].join("");
}
