/**
 * The difference of two texts, line by line, with three lines around each
 * change, in the notation of diff -u.
 */
export function diffLines(before: string, after: string): string[] {
  const old = before.split('\n');
  const now = after.split('\n');
  const steps = walk(old, now);
  const near = steps.map((_, index) => steps.slice(Math.max(0, index - 3), index + 4).some(({ sign }) => sign !== ' '));
  const lines: string[] = [];
  let cut = true;
  for (const [index, { sign, text, at }] of steps.entries()) {
    if (near[index]) {
      if (cut) lines.push(`@@ line ${at} @@`);
      lines.push(`${sign}${text}`);
    }
    cut = !near[index];
  }
  return lines;
}

interface Step {
  sign: ' ' | '-' | '+';
  text: string;
  /** Line of the new text. */
  at: number;
}

/** Beyond this many cells the middle is shown as replaced as a whole. */
const limit = 4_000_000;

function walk(old: string[], now: string[]): Step[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const middle = change(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head);
  const same = (text: string, index: number): Step => ({ sign: ' ', text, at: index + 1 });
  const end = now.length - tail;
  return [...now.slice(0, head).map(same), ...middle, ...now.slice(end).map((text, index) => same(text, end + index))];
}

/** Along a longest common subsequence. */
function change(old: string[], now: string[], offset: number): Step[] {
  const width = now.length + 1;
  const isSmall = (old.length + 1) * width <= limit;
  const common = new Uint32Array(isSmall ? (old.length + 1) * width : 0);
  for (let i = isSmall ? old.length - 1 : -1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        old[i] === now[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    const at = offset + j + 1;
    if (isSmall && i < old.length && j < now.length && old[i] === now[j]) {
      steps.push({ sign: ' ', text: now[j]!, at });
      i += 1;
      j += 1;
    } else if (
      j >= now.length ||
      (i < old.length && (!isSmall || common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
    ) {
      steps.push({ sign: '-', text: old[i]!, at });
      i += 1;
    } else {
      steps.push({ sign: '+', text: now[j]!, at });
      j += 1;
    }
  }
  return steps;
}
