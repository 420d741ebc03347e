import type { Node, RangeVar } from 'libpg-query';
import { alterations } from '../alterations.ts';
import { path } from '../paths.ts';
import type { Rule } from '../rule.ts';
import { inTransaction, lock } from '../steps.ts';

export const dropNotNull: Rule = {
  name: 'drop-not-null',
  summary: 'A column that may become NULL breaks the code that runs and does not expect it',
  *check({ node, after }, { known, print }) {
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_DropNotNull' || known.isNewTable(table)) continue;
      if (known.columns.get(table, command.name)?.isNotNull === false) continue;
      if (endsOtherwise(after(), table, command.name)) continue;
      const [name, target] = [print.name(command.name ?? ''), print.table(table)];
      yield {
        message: `running code that reads ${name} may meet NULL, which it was promised not to`,
        locks: [lock('ACCESS EXCLUSIVE', target)],
        blocks: 'code that cannot read NULL',
        lasts: 'until-deployed',
        safe: [
          inTransaction(
            '-- after the release that can read NULL, with: -- lint: allow drop-not-null because <release> reads NULL',
            `ALTER TABLE ${target} ALTER COLUMN ${name} DROP NOT NULL`,
          ),
        ],
      };
    }
  },
};

/** Nobody sees what the transaction undoes before it ends: knex's .alter() drops NOT NULL and sets it again. */
function endsOtherwise(after: readonly Node[], table: RangeVar, column: string | undefined): boolean {
  const last = after
    .flatMap((node) => [...alterations(node)])
    .findLast(
      ({ table: other, command: { subtype, name } }) =>
        path(other) === path(table) && name === column && deciding.has(subtype ?? ''),
    );
  return last !== undefined && last.command.subtype !== 'AT_DropNotNull';
}

const deciding = new Set(['AT_SetNotNull', 'AT_DropNotNull', 'AT_DropColumn']);
