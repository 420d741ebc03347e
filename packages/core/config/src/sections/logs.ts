import { duration, group, integer } from '../declare/declare.ts';

export const logs = group('History: log files of the runs, and their rows in the ledger', {
  keep: integer({
    description: 'How many runs of each task are kept, however old',
    default: 50,
    min: 1,
    max: 100_000,
  }),
  age: duration({
    description: 'Every run that is younger is kept',
    default: '7d',
  }),
  failureAge: duration({
    description: 'The same for runs that failed or were interrupted',
    default: '90d',
  }),
  size: integer({
    description: 'Bytes that all log files may take; beyond it the task that takes most loses its oldest',
    default: 200_000_000,
    min: 1_000_000,
    max: Number.MAX_SAFE_INTEGER,
  }),
});
