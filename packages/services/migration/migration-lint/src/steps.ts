import type { Lock, LockMode, Step } from './finding.ts';

/** A migration that runs in a transaction. Statements without their semicolons, comments with their dashes. */
export function inTransaction(...lines: readonly string[]): Step {
  return { transaction: true, sql: terminated(lines) };
}

/** A migration that must not run in a transaction. */
export function withoutTransaction(...lines: readonly string[]): Step {
  return { transaction: false, sql: terminated(lines) };
}

export function lock(mode: LockMode, relation: string): Lock {
  return { mode, relation };
}

function terminated(lines: readonly string[]): string {
  return lines.map((line) => (line.startsWith('--') ? line : `${line};`)).join('\n');
}
