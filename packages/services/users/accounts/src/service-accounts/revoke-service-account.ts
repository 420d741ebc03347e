import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { TaskReport } from '@opsgraph/report';
import { command } from '../command.ts';
import { describeText } from '../describe-text.ts';
import { lockAccounts } from '../lock-accounts.ts';
import type { AccountSettings } from '../settings.ts';
import { revokeKeys } from './issue-key.ts';
import { readKeys } from './read-keys.ts';
import { requireAccount } from './require-account.ts';
import { openServices } from './service-tables.ts';

export interface RevokeInput {
  settings: Pick<AccountSettings, 'services'>;
  name: string;
  /** Only this key, by its public id; the account stays. */
  keyId?: string | undefined;
  environment: string;
  dryRun: boolean;
}

/**
 * Ends a service account with all its keys, or one key. Rows stay: who had
 * which key when can still be told.
 *
 * @throws OpsError SERVICE_ACCOUNT_UNKNOWN and KEY_UNKNOWN (77), ACCOUNT_TABLE (78)
 */
export async function revokeServiceAccount(session: Session, input: RevokeInput): Promise<TaskReport> {
  const { settings, keyId, environment, dryRun } = input;
  const services = await openServices(session, settings.services);
  return session.transaction(async () => {
    await lockAccounts(session);
    const { id, name, revoked } = await requireAccount(session, services, input.name, environment);
    const keys = await readKeys(session, services, id);
    if (keyId !== undefined && !keys.some(({ publicId }) => publicId === keyId))
      throw keyUnknown(name, keyId, environment);
    const ending = keys
      .filter(({ publicId, state }) => state !== 'revoked' && (keyId === undefined || publicId === keyId))
      .map(({ publicId }) => publicId);
    const endsAccount = keyId === undefined && revoked === null;
    const what = keyId === undefined ? `service account ${name}` : `key ${keyId} of ${name}`;
    if (!dryRun) {
      const { accounts, a } = services;
      await revokeKeys(session, services, ending);
      if (endsAccount)
        await session.execute(`UPDATE ${accounts} SET ${a.revokedAt} = now() WHERE ${a.id} OPERATOR(pg_catalog.=) $1`, [
          id,
        ]);
    }
    const changes = [
      ...ending.map((publicId) => ({ action: 'revoke', object: `key ${publicId}` })),
      ...(endsAccount ? [{ action: 'revoke', object: `service account ${name}` }] : []),
    ];
    if (changes.length === 0) return { summary: `${what} is revoked already`, changes };
    return { summary: `${what} ${dryRun ? 'would be' : 'is'} revoked`, changes };
  });
}

function keyUnknown(name: string, keyId: string, environment: string): OpsError {
  return new OpsError({
    code: 'KEY_UNKNOWN',
    exit: 'refused',
    message: `service account ${name} has no key ${describeText(keyId)}`,
    hint: `${command(environment, 'list-service-accounts')} shows the ids`,
  });
}
