/** Beyond this many changed lines the search takes seconds; the texts are shown as replaced as a whole. */
const mostEdits = 3000;

/** The difference of two texts as `diff -u` shows it, without the names: three lines around each change. */
export async function diffLines(before: string, after: string): Promise<string[]> {
  // Loaded here: most runs show no difference.
  const { structuredPatch } = await import('diff');
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: mostEdits });
  if (patch === undefined)
    return [...before.split('\n').map((line) => `-${line}`), ...after.split('\n').map((line) => `+${line}`)];
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
}
