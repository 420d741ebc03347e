import { statSync } from 'node:fs';
import { dirname } from 'node:path';

interface Noted {
  subject: string;
  state: 'note';
  fact: string;
  remedy: string;
}

/**
 * Above the state directory: where everybody may write, without the sticky
 * bit, everybody may move it away, and with it the record of what was done.
 * Only noted: the code of such a checkout is open in the same way, and some CI
 * systems make no others.
 */
export function openParents(stateDirectory: string): Noted[] {
  if (process.getuid === undefined) return [];
  const parents: string[] = [];
  for (let path = dirname(stateDirectory); !parents.includes(path); path = dirname(path)) parents.push(path);
  return parents
    .filter((path) => {
      const { mode } = statSync(path);
      return (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
    })
    .map((path) => ({
      subject: 'records',
      state: 'note',
      fact: `everybody on this machine may move ${stateDirectory} away: ${path} is open to all`,
      remedy: 'take that right away (chmod o-w), or name a directory elsewhere in OPS_STATE_DIR',
    }));
}
