import type { SentQuery } from '../knex/runner.ts';
import { inlineBindings } from '../sql/inline-bindings.ts';
import type { RehearsedStatement, TableEffect } from './rehearsed.ts';

type Measured = { result: unknown; effects: TableEffect[] | undefined };

/** Gathers what was measured around the queries of a knex migration, to be matched with those that it sent. */
export function collectStatements(): {
  add(sql: string, where: 'target' | 'copy', work: () => Promise<Measured>): Promise<unknown>;
  match(queries: readonly SentQuery[]): RehearsedStatement[];
} {
  const gathered: RehearsedStatement[] = [];
  return {
    add: async (sql, where, work) => {
      const begun = performance.now();
      const { result, effects } = await work();
      const milliseconds = where === 'target' ? performance.now() - begun : undefined;
      gathered.push({
        sql,
        measuredOn: effects === undefined ? undefined : where,
        milliseconds,
        effects: effects ?? [],
      });
      return result;
    },
    match: (queries) => {
      let next = 0;
      return queries.map(({ sql, bindings }) => {
        const shown = inlineBindings(sql, bindings);
        const measured = gathered[next];
        if (measured?.sql !== sql) return { sql: shown, measuredOn: undefined, milliseconds: undefined, effects: [] };
        next += 1;
        return { ...measured, sql: shown };
      });
    },
  };
}
