import type { SchemaDifference } from './compare-schemas.ts';

/** Lines for people: `-` is what is wanted and not there, `+` what is there instead. */
export function describeDifferences(differences: readonly SchemaDifference[]): string[] {
  return differences.flatMap(({ what, kind, name, wanted, found }) => [
    `${kind} ${name}: ${what === 'missing' ? 'is missing' : what === 'extra' ? 'should not be there' : 'differs'}`,
    ...marked('-', wanted),
    ...marked('+', found),
  ]);
}

function marked(sign: string, sql: string | undefined): string[] {
  return sql === undefined ? [] : sql.split('\n').map((line) => `  ${sign} ${line}`);
}
