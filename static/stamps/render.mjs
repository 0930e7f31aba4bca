/** Writes one stamp as a complete SVG file that shows by itself and can be drawn through `#art`. */

/** The text of the file; the caller chooses the name it is written under. */
export function render(stamp) {
  const size = 'viewBox="0 0 84 104"';
  // Round ends are set once on the symbol and inherited, which saves them on every line.
  const ends = 'stroke-linecap="round" stroke-linejoin="round"';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}>` +
    `<symbol id="art" ${size} ${ends}>${stamp.art()}</symbol>` +
    `<use href="#art"/></svg>\n`
  );
}
