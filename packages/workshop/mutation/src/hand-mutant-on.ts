import { beforeEach } from 'vitest';

// Stryker says in this process which mutant is active; processes that a test starts learn it from the environment.
beforeEach(() => {
  const { __stryker__: stryker } = globalThis as { __stryker__?: { activeMutant?: string } };
  if (stryker?.activeMutant !== undefined) process.env['__STRYKER_ACTIVE_MUTANT__'] = stryker.activeMutant;
  else delete process.env['__STRYKER_ACTIVE_MUTANT__'];
});
