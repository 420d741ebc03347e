/** Strings, with the colon that makes a field's name of one, and what opens and closes. */
const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
const fieldEnds = /"\s*:/g;

/**
 * Where a field's name is in an object a second time, of which JSON.parse
 * takes the last silently.
 *
 * @param text the JSON that `value` was parsed from
 */
export function findRepeatedField(text: string, value: object): { offset: number; name: string } | undefined {
  // A name ends with a quote and a colon: no more of those than fields, and there is nothing to look for.
  const fields = countFields(value);
  if (fields === count(text, ':') || fields === (text.match(fieldEnds)?.length ?? 0)) return undefined;
  const open: (Set<string> | undefined)[] = [];
  for (const { 0: token, 1: colon, index } of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      if (open.at(-1)!.has(name)) return { offset: index, name };
      open.at(-1)!.add(name);
    }
  }
  return undefined;
}

function countFields(value: object): number {
  let fields = 0;
  // a plain loop: this is done for each row of a file
  for (const name in value) {
    fields += 1;
    const member = (value as Record<string, unknown>)[name];
    // a number that was kept as written is no object of the file
    if (typeof member === 'object' && member !== null && !isRawJson(member)) fields += countFields(member);
  }
  return Array.isArray(value) ? fields - value.length : fields;
}

/** Node 24 has it; TypeScript's library does not know it. */
const isRawJson = (JSON as typeof JSON & { isRawJSON(value: unknown): boolean }).isRawJSON;

function count(text: string, what: string): number {
  let times = 0;
  for (let at = text.indexOf(what); at !== -1; at = text.indexOf(what, at + 1)) times += 1;
  return times;
}
