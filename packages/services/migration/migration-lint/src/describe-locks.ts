import { type Lock, lockModes } from './finding.ts';

/** Who has to wait for locks: `reads and writes of users (ACCESS EXCLUSIVE)`. */
export function describeLocks(locks: readonly Lock[]): string {
  return locks.map(({ mode, relation }) => `${lockModes[mode]} of ${relation} (${mode} lock)`).join('; ');
}
