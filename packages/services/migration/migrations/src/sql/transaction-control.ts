import { splitStatements } from './split-statements.ts';

const control =
  /^(begin|start\s+transaction|commit|end|rollback(?!(\s+(work|transaction))?\s+to\b)|abort|prepare\s+transaction)\b/i;

/** Whether this one statement begins or ends a transaction; savepoints don't. */
export function isTransactionControl(statement: string): boolean {
  return control.test(statement);
}

/** The first statement in `sql` that begins or ends a transaction. */
export function findTransactionControl(sql: string): string | undefined {
  if (!/\b(begin|start|commit|end|rollback|abort|prepare)\b/i.test(sql)) return undefined;
  return splitStatements(sql).statements.find(({ text }) => isTransactionControl(text))?.text;
}
