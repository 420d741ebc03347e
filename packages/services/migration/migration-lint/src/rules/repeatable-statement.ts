import type { Node } from 'libpg-query';
import { alterations } from '../alterations.ts';
import type { Rule } from '../rule.ts';
import { withoutTransaction } from '../steps.ts';

const droppable = new Set<string | undefined>(['OBJECT_INDEX', 'OBJECT_TABLE', 'OBJECT_TYPE']);

export const repeatableStatement: Rule = {
  name: 'repeatable-statement',
  summary: 'Outside a transaction a statement that cannot run twice stops a migration that is resumed',
  *check(statement, { known, print }) {
    const { node, inTransaction } = statement;
    if (inTransaction || known.isInTransaction) return;
    const better = repeatable(node);
    if (better === undefined) return;
    yield {
      message: 'the migration runs without a transaction: when it fails after this, it fails here the next time',
      blocks: 'the migration itself, after a failure',
      lasts: 'does-not-run',
      safe: [
        withoutTransaction(
          better === 'unnamed'
            ? '-- give the index a name, and write IF NOT EXISTS'
            : (print.statement(better) ?? '-- the same statement with IF NOT EXISTS'),
        ),
      ],
    };
  },
};

/** The statement with IF (NOT) EXISTS; undefined when it has that, or needs none. */
function repeatable(node: Node): Node | 'unnamed' | undefined {
  if ('IndexStmt' in node && !node.IndexStmt.if_not_exists)
    return node.IndexStmt.idxname === undefined ? 'unnamed' : { IndexStmt: { ...node.IndexStmt, if_not_exists: true } };
  if ('CreateStmt' in node && !node.CreateStmt.if_not_exists && node.CreateStmt.oncommit !== 'ONCOMMIT_DROP')
    return { CreateStmt: { ...node.CreateStmt, if_not_exists: true } };
  if ('DropStmt' in node && !node.DropStmt.missing_ok && droppable.has(node.DropStmt.removeType))
    return { DropStmt: { ...node.DropStmt, missing_ok: true } };
  const commands = [...alterations(node)];
  if ('AlterTableStmt' in node && commands.some(({ command }) => isOnce(command.subtype) && !command.missing_ok)) {
    const cmds = commands.map(({ command }) => ({
      AlterTableCmd: isOnce(command.subtype) ? { ...command, missing_ok: true } : command,
    }));
    return { AlterTableStmt: { ...node.AlterTableStmt, cmds } };
  }
  return undefined;
}

function isOnce(subtype: string | undefined): boolean {
  return subtype === 'AT_AddColumn' || subtype === 'AT_DropColumn' || subtype === 'AT_DropConstraint';
}
