import type { TaskReport } from '@opsgraph/report';
import { agree, count, exactDuration, table } from '@opsgraph/text';
import type { ListedServiceAccount } from './service-accounts/list-service-accounts.ts';
import type { UserList } from './users/list-users.ts';

/** The list of users for people and machines. */
export function reportUsers({ users, total }: UserList): TaskReport {
  const weak = users.filter(({ password }) => password === 'outdated' || password === 'foreign').length;
  const more = total > users.length ? `, the first ${users.length} shown` : '';
  const remark = weak > 0 ? `; ${weak} with a password hash of other parameters than today's` : '';
  return {
    summary: `${count(total, 'user')}${more}${remark}`,
    changes: [],
    lines: table(
      users.map(({ email, role, state, password, created }) => [
        email,
        role,
        state,
        `password: ${password}`,
        day(created),
      ]),
    ),
    data: { total, users },
  };
}

/** The list of service accounts; with `check` its findings make the exit code 1. */
export function reportServiceAccounts(accounts: readonly ListedServiceAccount[], check: boolean): TaskReport {
  const findings = accounts.filter(({ finding }) => finding !== undefined).length;
  const remark = findings === 0 ? '' : `, ${findings} ${agree(findings, 'needs', 'need')} attention`;
  const rows = accounts.flatMap(({ name, scopes, lifetime, revoked, keys, finding }) => [
    [
      name,
      scopes.join(' '),
      revoked === null
        ? `keys live ${lifetime === null ? 'until revoked' : exactDuration(lifetime)}`
        : `revoked ${day(revoked)}`,
      finding === undefined ? '' : `! ${finding}`,
    ],
    ...keys.map(({ publicId, created, expires, lastUsed, state }) => [
      `  ${publicId}`,
      `${state}, made ${day(created)}`,
      expires === null ? 'no expiry' : `until ${minute(expires)}`,
      lastUsed === null ? 'never used' : `last used ${minute(lastUsed)}`,
    ]),
  ]);
  return {
    summary: `${count(accounts.length, 'service account')}${remark}`,
    changes: [],
    lines: table(rows),
    data: { accounts },
    ...(check && findings > 0 && { findings: true }),
  };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function minute(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
