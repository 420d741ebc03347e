/** A change of SQL in a file: what no mutator of TypeScript makes. */
export interface SqlMutant {
  line: number;
  column: number;
  was: string;
  becomes: string;
  /** The whole file with the change. */
  text: string;
}

/** Each occurrence of the pattern in SQL becomes the text. */
const changes: readonly (readonly [RegExp, string])[] = [
  [/\bAND\b/g, 'OR'],
  [/\bOR\b(?! REPLACE)/g, 'AND'],
  [/\bNOT EXISTS\b/g, 'EXISTS'],
  [/(?<!NOT )\bEXISTS\b/g, 'NOT EXISTS'],
  [/\bIS NOT NULL\b/g, 'IS NULL'],
  [/\bIS NULL\b/g, 'IS NOT NULL'],
  [/\bIS DISTINCT FROM\b/g, 'IS NOT DISTINCT FROM'],
  [/ <> /g, ' = '],
  [/ = (?=')/g, ' <> '],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ FOR UPDATE( OF \w+| SKIP LOCKED)?/g, ''],
  [/\bDESC\b/g, 'ASC'],
  [/\bWHERE NOT\b/g, 'WHERE'],
  [/(?<!\bpg_try_)\bleast\(/g, 'greatest('],
  [/\bLIMIT 1\b/g, 'LIMIT 2'],
  [/\btrue\b/g, 'false'],
  [/SET LOCAL/g, 'SET'],
  [/ INITIALLY DEFERRED/g, ''],
];

const sql = /\b(SELECT|UPDATE|INSERT|DELETE|CREATE|WHERE|AND|EXISTS|CASE|LOCK|ALTER|DISTINCT)\b/;

/** Every change of the SQL that stands in quotes, one at a time. */
export function sqlMutants(source: string): SqlMutant[] {
  const quoted = [...source.matchAll(/`(?:[^`\\]|\\[\s\S])*`|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g)].filter(
    ([text]) => sql.test(text),
  );
  return quoted.flatMap(({ 0: text, index }) =>
    changes.flatMap(([pattern, becomes]) =>
      [...text.matchAll(pattern)].map((found) => {
        const at = index + found.index;
        const before = source.slice(0, at);
        return {
          line: before.split('\n').length,
          column: at - before.lastIndexOf('\n'),
          was: found[0].trim(),
          becomes: becomes.trim(),
          text: before + becomes + source.slice(at + found[0].length),
        };
      }),
    ),
  );
}
