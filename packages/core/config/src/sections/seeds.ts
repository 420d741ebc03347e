import { group, namesOrAll, path } from '../declare/declare.ts';

export const seeds = group('Data sets', {
  directory: path({
    description: 'Directory with the data sets',
    default: 'tasks/db/seeds',
  }),
  sets: namesOrAll({
    description: 'The sets that seed loads by default',
    default: 'all',
  }),
});
