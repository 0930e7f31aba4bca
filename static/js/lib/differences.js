/* What two texts have in common, by signs: enough to show it, not to decide by it. */

const MOST = 1500;

/* Gives runs in order, each { kind: "same" | "gone" | "fresh", text }. */
export function runs(before, after) {
  const a = [...before];
  const b = [...after];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let tail = 0;
  while (
    tail < a.length - start &&
    tail < b.length - start &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail += 1;
  const middle = between(a.slice(start, a.length - tail), b.slice(start, b.length - tail));
  return [
    { kind: "same", text: a.slice(0, start).join("") },
    ...middle,
    { kind: "same", text: a.slice(a.length - tail).join("") },
  ].filter((run) => run.text);
}

/* Too much for a phone to compare sign by sign is shown as one piece that went and one that came. */
function between(a, b) {
  if (a.length > MOST || b.length > MOST || !a.length || !b.length)
    return [
      { kind: "gone", text: a.join("") },
      { kind: "fresh", text: b.join("") },
    ];
  return joined(steps(a, b, lengths(a, b)));
}

/* For each place in both, how many signs in order the rests have in common. */
function lengths(a, b) {
  const wide = b.length + 1;
  const table = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      table[i * wide + j] =
        a[i] === b[j]
          ? table[(i + 1) * wide + j + 1] + 1
          : Math.max(table[(i + 1) * wide + j], table[i * wide + j + 1]);
  return table;
}

function steps(a, b, table) {
  const wide = b.length + 1;
  const found = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push({ kind: "same", text: a[i] });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && table[(i + 1) * wide + j] >= table[i * wide + j + 1])) {
      found.push({ kind: "gone", text: a[i] });
      i += 1;
    } else {
      found.push({ kind: "fresh", text: b[j] });
      j += 1;
    }
  }
  return found;
}

/* What went and came beside each other reads as two pieces, not sign by sign. */
function joined(found) {
  const result = [];
  let [gone, fresh] = ["", ""];
  const close = () => {
    if (gone) result.push({ kind: "gone", text: gone });
    if (fresh) result.push({ kind: "fresh", text: fresh });
    [gone, fresh] = ["", ""];
  };
  for (const { kind, text } of found) {
    if (kind === "gone") gone += text;
    else if (kind === "fresh") fresh += text;
    else {
      close();
      const last = result.at(-1);
      if (last?.kind === "same") last.text += text;
      else result.push({ kind, text });
    }
  }
  close();
  return result;
}
