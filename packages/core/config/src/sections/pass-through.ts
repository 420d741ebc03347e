import { texts } from '../declare/declare.ts';

export const passThrough = texts({
  description:
    'Further variables that turbo hands to tasks: what a cmd: program or a migration reads. After a change: pnpm generate',
  pattern: /^[A-Za-z_]\w*$/,
  expected: 'a list of names of variables',
  example: "['VAULT_TOKEN']",
});
