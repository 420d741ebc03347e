import { expect, it } from 'vitest';
import { requireConfirmation } from '../src/guard/confirm.ts';

const confirm = (given: string | undefined) =>
  requireConfirmation({
    task: 'db:rollback-seed',
    environment: 'staging',
    consequence: 'takes something away from',
    given,
    canAsk: false,
    signal: new AbortController().signal,
  });

it('goes on when the environment was named', async () => {
  await expect(confirm('staging')).resolves.toBeUndefined();
});

it.each(['local', 'Staging', 'staging ', ''])('refuses when "%s" was named, and says which it is', async (given) => {
  await expect(confirm(given)).rejects.toMatchObject({
    code: 'NOT_CONFIRMED',
    exitCode: 77,
    message: `db:rollback-seed was confirmed for "${given}", but the environment is "staging"`,
  });
});

it('refuses when nothing was named and nobody can be asked, with what to add', async () => {
  await expect(confirm(undefined)).rejects.toMatchObject({
    code: 'NOT_CONFIRMED',
    exitCode: 77,
    message: 'db:rollback-seed takes something away from staging and was not confirmed',
    hint: expect.stringContaining('--confirm staging (OPS_CONFIRM=staging before turbo)'),
  });
});
