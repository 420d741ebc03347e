import { type Lock, lockModes } from './finding.ts';

/** Whom locks keep waiting: `reads and writes of users (ACCESS EXCLUSIVE)`. */
export function describeLocks(locks: readonly Lock[]): string {
  return locks.map(({ mode, relation }) => `${lockModes[mode]} of ${relation} (${mode} lock)`).join('; ');
}
