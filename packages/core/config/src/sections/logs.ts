import { group, integer } from '../declare/declare.ts';

export const logs = group('Log files of the runs', {
  keep: integer({
    description: 'How many runs keep their log file',
    default: 50,
    min: 1,
    max: 100_000,
  }),
});
