/** Stamps of the inland south and centre: pine, cranes, observatory, river tower, stone pillars. */

import * as p from "../parts.mjs";

/** The pine on its granite peak above a sea of cloud. */
export function anhui() {
  const far = [
    0, 66, 4, 56, 12, 52, 18, 60, 28, 50, 34, 54, 42, 44, 48, 52, 60, 48, 72, 58, 84, 50,
  ];
  return [
    p.sky("#f1e2d6", "#f5efe6", 26),
    p.sun(44, 32, 9),
    p.fill("#c3bfcb", p.ridge(far)),
    p.fill(p.paper, p.cloud(-6, 66, 40), p.cloud(30, 68, 44)),
    p.fill("#8c93a8", "M-2 104V66L3 60L6 64L10 54L15 52L19 60L22 70L28 78L32 104z"),
    p.fill("#6f7792", "M-2 104V70L4 62L6 74L10 60L12 80L18 66L20 90L26 104z"),
    p.stroke("#5a7a66", 2.4, "M7 57H12M13 52.5H17M1 63H5"),
    p.fill("#7d849c", "M88 104V34L82 36L79 44L74 46L72 58L66 62L64 78L56 84L52 104z"),
    p.fill("#5d6683", "M88 104V44L82 50L80 66L76 54L74 78L69 68L68 92L60 86L56 104z"),
    p.stroke("#a7acbd", 1, "M76 48L75 56M68 64L67 72M83 38L82 44"),
    p.fill("#e6e1e8", p.cloud(-10, 92, 44), p.cloud(22, 96, 50), p.box(0, 91, 84, 13)),
    p.fill(
      p.paper,
      p.cloud(-16, 101, 46),
      p.cloud(20, 104, 40),
      p.cloud(50, 101, 48),
      p.box(0, 100, 84, 1),
    ),
    p.fill("#d8d2de", p.hill([0, 101, 24, 99, 50, 102, 84, 99])),
    p.stroke("#4b382f", 3, "M76 50Q70 44 71 34Q72 26 68 18"),
    p.stroke("#4b382f", 1.8, "M71 38Q60 36 46 40M71 31Q60 28 52 30M70 24Q76 22 81 23"),
    p.fill(
      "#2f5d50",
      p.cushion(34, 42, 26),
      p.cushion(42, 32, 24),
      p.cushion(64, 25, 22),
      p.cushion(55, 40, 14),
    ),
    p.fill(
      "#4d8068",
      p.cushion(38, 40, 18),
      p.cushion(46, 30, 17),
      p.cushion(56, 18, 22),
      p.cushion(68, 23, 14),
    ),
  ].join("");
}

/** White cranes wintering on the lake, rape in flower on the far shore. */
export function jiangxi() {
  return [
    p.sky("#dde9e8", "#eef2ea", 25),
    p.fill(
      "#b3c9cf",
      p.ridge([0, 46, 10, 40, 18, 43, 30, 31, 38, 37, 48, 28, 58, 38, 70, 33, 84, 42]),
    ),
    p.fill("#86aaa2", p.hill([0, 52, 18, 46, 36, 50, 60, 45, 84, 49])),
    p.fill("#f0cb55", p.hill([0, 58, 20, 54, 44, 56, 66, 53, 84, 55])),
    p.fill("#e0b23c", p.hill([0, 62, 30, 59, 60, 61, 84, 58])),
    p.crowns("#4f8465", 4.5, [6, 53, 46, 52, 80, 51]),
    p.fill(p.paper, p.box(14, 51, 9, 8), p.box(24, 49, 8, 10), p.box(60, 50, 10, 8)),
    p.fill(
      "#39475a",
      "M12.5 51V48.5H15V50H20V48.5H24.5V51zM22.5 49V46.5H25V48H30.5V46.5H33.5V49zM58.5 50V47.5H61V49H68V47.5H71.5V50z",
    ),
    p.fill("#8fc0c4", p.box(0, 63, 84, 41)),
    p.fill("#bfdcd8", p.hill([0, 70, 20, 67, 50, 71, 84, 66], 63)),
    p.stroke("#dcebe6", 1.3, p.glints([4, 76, 10, 66, 74, 12, 12, 98, 10, 56, 100, 14, 34, 92, 6])),
    p.fill("#6fa7ad", p.oval(31, 99, 16, 2), p.oval(64, 93, 12, 1.6)),
    p.fill(p.ink, p.crane.tail(29, 79, 1.1), p.crane.tail(64, 78, 0.85, { flip: true })),
    p.stroke(p.accent, 1.5, p.crane.legs(29, 79, 1.1), p.crane.legs(64, 78, 0.85, { flip: true })),
    p.fill(p.paper, p.crane.body(29, 79, 1.1), p.crane.body(64, 78, 0.85, { flip: true })),
    p.stroke(p.paper, 2.8, p.crane.neck(29, 79, 1.1), p.crane.neck(64, 78, 0.85, { flip: true })),
    p.stroke(p.accent, 1.8, p.crane.bill(29, 79, 1.1), p.crane.bill(64, 78, 0.85, { flip: true })),
    p.stroke(p.paper, 1.6, p.craneFlying.line(56, 22, 0.8)),
    p.fill(p.paper, p.craneFlying.wings(56, 22, 0.8), p.craneFlying.wings(76, 34, 0.4)),
    p.fill(p.ink, p.craneFlying.tips(56, 22, 0.8), p.craneFlying.tips(76, 34, 0.4)),
    p.fill("#6b9469", p.tuft(4, 106, 24, 0.4), p.tuft(78, 106, 20, 0.45)),
  ].join("");
}

/** The old brick observatory under the first stars, wheat in front. */
export function henan() {
  const ears = [
    [5, 106, 27, 1],
    [14, 106, 32, 2],
    [23, 106, 23, 2],
    [62, 106, 24, -2],
    [71, 106, 32, -2],
    [80, 106, 27, -1],
  ];
  return [
    p.sky("#e4d6d8", "#d3d8e6", 30),
    p.fill("#f3dcbd", p.hill([0, 58, 30, 52, 60, 56, 84, 50])),
    p.fill("#b9a8b4", p.ridge([0, 62, 12, 56, 20, 60, 30, 52, 60, 60, 70, 50, 84, 57])),
    p.fill(
      p.paper,
      p.crescent(66, 16, 6),
      p.star(42, 12, 3),
      p.star(31, 24, 2),
      p.star(76, 33, 2.4),
    ),
    p.fill("#a8704f", "M23 46H43V86H14z"),
    p.fill("#c48c63", "M43 46H63L72 86H43z"),
    p.stroke(
      "#8e5a40",
      0.7,
      "M21.5 54H64.5M19.5 62H66.5M18 70H68M16 78H70M30 46V54M55 46V54M25 54V62M61 54V62M30 62V70M56 62V70M24 70V78M62 70V78",
    ),
    p.fill("#5d3b34", "M39.5 44H46.5L47.5 86H38.5z"),
    p.fill("#e6d3a8", p.box(40.8, 60, 4.4, 26)),
    p.fill("#dcc294", p.box(21, 42.5, 44, 4)),
    p.stroke("#a8855a", 1, p.posts(23, 63, 11, 43.5, 46)),
    p.fill("#8e5a40", p.box(25, 34, 11, 9), p.box(50, 34, 11, 9)),
    p.fill("#f3c76a", p.box(28.5, 36.5, 4, 6.5), p.box(53.5, 36.5, 4, 6.5)),
    p.fill("#3c4058", p.roof(30.5, 27, 9, 7.5, 4, 2), p.roof(55.5, 27, 9, 7.5, 4, 2)),
    p.fill("#7d9468", p.hill([0, 86, 24, 83, 60, 84, 84, 82])),
    p.fill("#e6d3a8", "M41 84H45L52 104H34z"),
    p.stroke("#b99a68", 0.8, "M40 90H46.5M38.5 95H48.5M37 100H50"),
    p.fill(
      "#e3b14c",
      p.hill([0, 94, 14, 91, 28, 95, 36, 104]),
      p.hill([50, 104, 58, 94, 72, 91, 84, 93]),
    ),
    p.stroke("#b5832f", 1.2, ...ears.map((place) => p.straw(...place))),
    p.stroke("#f5d47c", 1.7, ...ears.map((place) => p.ear(...place))),
    p.dots(p.accent, 3, [32, 101, 56, 100, 10, 101, 76, 102]),
  ].join("");
}

/** The tower on Snake Hill, the long bridge and the Yangtze below. */
export function hubei() {
  const tiers = [
    [32, 16, 12],
    [43, 19, 15],
    [54, 22, 18],
    [65, 25, 21],
  ];
  return [
    p.sky("#e9ecd9", "#f3f2e4", 24),
    p.sun(75, 20, 6.5),
    p.fill("#c9d4c0", p.hill([0, 62, 20, 55, 40, 60, 62, 54, 84, 60])),
    p.fill("#a9bcae", p.skyline([0, 66, 8, 60, 14, 66, 70, 64, 75, 58, 80, 64], 84, 80)),
    p.fill("#5f8d66", p.hill([0, 84, 12, 77, 28, 74, 50, 73, 70, 76, 84, 82])),
    p.fill(
      "#efe3c6",
      p.box(35, 24, 22, 8),
      ...tiers.map(([y, , wide]) => p.box(46 - wide, y + 4, 2 * wide, 8)),
    ),
    p.stroke(
      "#a5472f",
      1.4,
      p.posts(36, 56, 5, 25, 31),
      ...tiers.map(([y, , wide], i) => p.posts(47 - wide, 45 + wide, 6 + i, y + 5, y + 11)),
    ),
    p.fill(
      "#d3922e",
      p.roof(46, 15, 16, 10, 7, 4.5),
      ...tiers.map(([y, eave, wide]) => p.roof(46, y - 1, eave, 6, wide - 2, 3.5)),
    ),
    p.fill(
      "#e9b54f",
      "M39 21L46 11L53 21z",
      ...tiers.map(([y]) => `M41 ${y + 3.5}L46 ${y - 3}L51 ${y + 3.5}z`),
    ),
    p.stroke("#8a5a26", 1.2, "M38.5 14.5H53.5M46 14.5V8"),
    p.fill("#d8cdb6", p.box(22, 76, 48, 3), p.box(18, 79, 56, 3)),
    p.crowns("#3f7356", 5, [6, 82, 15, 79, 77, 80]),
    p.crowns("#79a66f", 4, [26, 83, 66, 83, 10, 85]),
    p.fill("#b79a72", p.box(0, 86, 84, 18)),
    p.fill("#c9ae86", p.hill([0, 92, 24, 90, 50, 93, 84, 90], 86)),
    p.stroke(
      "#3f5568",
      1.2,
      "M0 88L6 82L12 88L18 82L24 88L30 82L36 88L42 82L48 88L54 82L60 88L66 82L72 88L78 82L84 88M0 82H84",
    ),
    p.stroke("#3f5568", 2, "M0 88.5H84"),
    p.fill("#8b8f8c", p.box(14, 89, 4, 9), p.box(40, 89, 4, 9), p.box(66, 89, 4, 9)),
    p.stroke("#e6d4b2", 1.3, p.glints([22, 97, 12, 48, 96, 10, 73, 99, 8, 2, 100, 9, 52, 102, 14])),
    p.stroke(p.paper, 1.3, p.craneFlying.line(73, 42, 0.55)),
    p.fill(p.paper, p.craneFlying.wings(73, 42, 0.55)),
    p.fill(p.ink, p.craneFlying.tips(73, 42, 0.55)),
  ].join("");
}

/** Pillars of sandstone in the mist, maples red below. */
export function hunan() {
  return [
    p.sky("#dde9e4", "#eff3ea", 26),
    p.fill(
      "#bdd2cb",
      "M24 104V42L27 38L31 40L33 104zM50 104V34L54 30L58 33L60 104zM76 104V40L80 36L86 38V104z",
    ),
    p.fill(
      p.paper,
      p.cloud(14, 64, 40),
      p.cloud(48, 58, 44),
      p.lens(-6, 64, 60, 64, 5),
      p.lens(30, 58, 100, 58, 5),
    ),
    p.fill(
      "#c98f6d",
      "M4 104L6 60L5 50L9 46L15 48L16 62L19 104zM36 104L38 62L36 40L38 32L44 28L50 31L51 48L49 64L52 104zM64 104L66 66L64 54L68 48L75 51L76 70L80 104z",
    ),
    p.fill(
      "#a86f52",
      "M4 104L6 60L5 50L8 47L10 62L9 80L11 104zM36 104L38 62L36 40L38 33L42 44L41 60L44 76L42 104zM64 104L66 66L64 54L67 50L70 64L69 82L71 104z",
    ),
    p.stroke(
      "#8a5640",
      0.8,
      "M12 56H15.5M13 68H16.5M45 40H50.5M44 52H50M45 66H49M46 80H50.5M71 62H75M72 78H76.5M6 74H9M37 70H41M66 76H69",
    ),
    p.fill(
      "#3f7a5c",
      "M3 52Q4 44 9 44Q15 43 17 50Q13 53 9 51Q6 54 3 52zM34 38Q34 30 39 28Q44 23 50 27Q54 31 51 36Q47 33 44 35Q39 39 34 38zM62 56Q63 48 68 46Q74 45 77 52Q74 56 70 53Q66 57 62 56z",
    ),
    p.stroke("#3f7a5c", 2.2, "M36 54H40M48 60H52M64 72H68M75 66H78M5 66H8M15 72H18"),
    p.fill(
      "#2f6149",
      p.spruce(39, 30, 8),
      p.spruce(46, 27, 10),
      p.spruce(9, 46, 8),
      p.spruce(71, 49, 9),
      p.spruce(14, 48, 6),
    ),
    p.fill(p.paper, p.cloud(-8, 86, 42), p.cloud(22, 92, 44), p.cloud(52, 86, 42)),
    p.fill(p.paper, "M-2 85H86V92Q64 97 42 94Q20 91 -2 96z"),
    p.crowns("#3f7a5c", 8, [8, 100, 34, 103, 60, 101]),
    p.crowns("#a93a2a", 8, [20, 101, 80, 99]),
    p.crowns(p.accent, 7, [48, 102, 72, 103, 2, 105]),
    p.crowns("#e0834f", 4, [23, 100, 50, 101, 77, 101]),
    p.stroke(p.ink, 1.1, "M62 18q2 -2 3.5 0q1.5 -2 3.5 0M71 25q1.5 -1.6 2.8 0q1.2 -1.6 2.8 0"),
  ].join("");
}
