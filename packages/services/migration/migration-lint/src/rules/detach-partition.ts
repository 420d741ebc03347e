import { alterations } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { lock, withoutTransaction } from '../steps.ts';

export const detachPartition: Rule = {
  name: 'detach-partition',
  summary: 'DETACH PARTITION without CONCURRENTLY locks the whole partitioned table',
  *check({ node }, { known, print }) {
    for (const { table, command } of alterations(node)) {
      if (command.subtype !== 'AT_DetachPartition' || known.isNewTable(table)) continue;
      if (command.def === undefined || !('PartitionCmd' in command.def) || command.def.PartitionCmd.concurrent)
        continue;
      const [target, partition] = [print.table(table), print.table(command.def.PartitionCmd.name)];
      yield {
        message: 'the partitioned table is locked with all its partitions',
        locks: [lock('ACCESS EXCLUSIVE', target), lock('ACCESS EXCLUSIVE', partition)],
        lasts: 'moment',
        safe: [
          withoutTransaction(
            `-- not possible while there is a default partition`,
            `ALTER TABLE ${target} DETACH PARTITION ${partition} CONCURRENTLY`,
          ),
        ],
      };
    }
  },
};
