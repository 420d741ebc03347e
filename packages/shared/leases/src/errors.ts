import { OpsError } from '@opsgraph/errors';
import type { Lease, LeaseHolder } from './lease.ts';

/** @param wait how long the caller has waited for it, in milliseconds */
export function held({ name, holder, run, left }: LeaseHolder, wait: number): OpsError {
  const waited = wait === 0 ? '' : `; waited ${Math.round(wait / 1000)} s`;
  return new OpsError({
    code: 'LEASE_HELD',
    exit: 'tryLater',
    message: `a ${name} of ${holder} is under way (${run})${waited}`,
    hint: `wait for it (--lock-wait 10m); if it died, its lease ends in ${Math.max(1, Math.ceil(left / 1000))} s`,
  });
}

export function lost({ name }: Pick<Lease, 'name'>): OpsError {
  return new OpsError({
    code: 'LEASE_LOST',
    exit: 'tryLater',
    message: `this ${name} lost its lease (not renewed in time); another one has started`,
    hint: 'check what it did before you start again: pnpm ops history --env ENVIRONMENT',
  });
}

/** Another run has taken the lease over: what we began is theirs to fix. */
export function isLost(error: unknown): boolean {
  return error instanceof OpsError && error.code === 'LEASE_LOST';
}
