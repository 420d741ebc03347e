import { expect, it } from 'vitest';
import { suggestTask } from '../src/run/suggest-task.ts';

const known = {
  scripts: new Map([
    ['setup', ['setup', 'setup:staging', 'check']],
    ['db', ['seed', 'diff', 'rollback-seed']],
    ['users', ['disable-user', 'enable-user']],
    ['deployment', ['deploy:staging', 'deploy:production', 'rollback:staging']],
  ]),
  others: ['typecheck'],
  environments: ['local', 'staging', 'production'],
};

it.each([
  ['sede', '; did you mean seed?'],
  ['db:sede', '; did you mean db:seed?'],
  ['typechek', '; did you mean typecheck?'],
  // A task that exists for environments only, and one that takes its environment as an option.
  ['deploy', '; did you mean deploy:staging or deploy:production?'],
  ['deployment:deploy', '; did you mean deployment:deploy:staging or deployment:deploy:production?'],
  ['seed:staging', '; did you mean seed --env staging?'],
  ['db:seed:staging', '; did you mean db:seed --env staging?'],
  ['sede:staging', '; did you mean seed --env staging?'],
  ['setpu:staging', '; did you mean setup:staging?'],
  ['db:analyse', '; pnpm ops list db shows those of db'],
  // Never another act: seed is no setup, and to enable is not to disable.
  ['sead:staging', '; did you mean seed --env staging?'],
  ['stop:staging', ''],
  ['isable-user', '; did you mean disable-user?'],
  ['nonsense', ''],
  ['x', ''],
])('%s%s', (written, suggestion) => {
  expect(suggestTask(written, known)).toBe(suggestion);
});
