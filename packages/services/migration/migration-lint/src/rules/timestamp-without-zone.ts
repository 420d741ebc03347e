import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';
import { builtin, definedColumns } from '../types.ts';

export const timestampWithoutZone: Rule = {
  name: 'timestamp-without-zone',
  summary: 'A timestamp without time zone forgets which moment was meant',
  *check({ node }, { print }) {
    for (const { name, type } of definedColumns(node)) {
      if (builtin(type) !== 'timestamp') continue;
      yield {
        at: type.location,
        message: 'the offset of a value is dropped without a word, so the moment depends on who reads it',
        blocks: 'sessions with another TimeZone: they read another moment',
        lasts: 'lasting',
        safe: [inTransaction(`-- write: ${print.name(name)} timestamptz`)],
      };
    }
  },
};
