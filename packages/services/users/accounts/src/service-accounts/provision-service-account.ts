import type { Session } from '@opsgraph/postgres';
import type { Change, TaskReport } from '@opsgraph/report';
import { command } from '../command.ts';
import type { Delivery } from '../delivery.ts';
import { lockAccounts } from '../lock-accounts.ts';
import type { AccountSettings } from '../settings.ts';
import { checkDefinition, type Definition } from './definition.ts';
import { differences, writeDefinition } from './differences.ts';
import { deliverKey, insertKey, type PreparedKey, prepareKey, revokeUndelivered } from './issue-key.ts';
import { readKeys } from './read-keys.ts';
import { accountRevoked } from './require-account.ts';
import { openServices, readAccounts, type ServiceAccount, type Services } from './service-tables.ts';

export interface ProvisionInput extends Definition {
  settings: Pick<AccountSettings, 'services' | 'scopes'>;
  /** Where a first key goes; `none` makes no key. */
  delivery: Delivery | 'none';
  /** Brings an account back that was revoked. */
  reinstate: boolean;
  environment: string;
  dryRun: boolean;
}

/**
 * Brings a service account to its definition: makes it with its first key, or
 * changes what differs. An account that has been given a key gets no other.
 *
 * @throws OpsError SERVICE_ACCOUNT_INVALID (65), SERVICE_ACCOUNT_REVOKED (77), ACCOUNT_TABLE (78),
 * KEY_NOT_DELIVERED and what preparing the delivery throws
 */
export async function provisionServiceAccount(session: Session, input: ProvisionInput): Promise<TaskReport> {
  const { settings, environment, dryRun } = input;
  const wanted = checkDefinition({ name: input.name, scopes: input.scopes, lifetime: input.lifetime }, settings.scopes);
  const services = await openServices(session, settings.services);
  const before = await plan(session, services, wanted, input);
  if (dryRun || before.changes.length === 0)
    return report(wanted.name, before.changes, undefined, input, before.hasKey);

  // Before the transaction: it may wait for a disk, and fail.
  const key =
    before.needsKey && input.delivery !== 'none'
      ? await prepareKey(settings.services.keyPrefix, input.delivery)
      : undefined;
  let done: { changes: Change[]; issued: PreparedKey | undefined; hasKey: boolean };
  try {
    done = await session.transaction(async () => {
      await lockAccounts(session);
      // Another run may have been here since the first look.
      const now = await plan(session, services, wanted, input);
      const account = await writeDefinition(session, services, now.account, wanted);
      const lost = now.account === undefined ? [] : await revokeUndelivered(session, services, account.id);
      const issued = now.needsKey ? key : undefined;
      if (issued !== undefined) await insertKey(session, services, account, issued);
      const changes = now.changes.map((change) =>
        change.action === 'issue' && issued !== undefined ? { ...change, object: `key ${issued.publicId}` } : change,
      );
      return { changes: [...lost, ...changes], issued, hasKey: now.hasKey };
    });
    if (done.issued === undefined) await key?.delivery.discard();
  } catch (error) {
    await key?.delivery.discard();
    throw error;
  }
  if (done.issued !== undefined) await deliverKey(session, services, wanted.name, done.issued, environment);
  return report(wanted.name, done.changes, done.issued, input, done.hasKey);
}

interface Plan {
  account: ServiceAccount | undefined;
  changes: Change[];
  needsKey: boolean;
  hasKey: boolean;
}

async function plan(
  session: Session,
  services: Services,
  wanted: Definition,
  { delivery, reinstate, environment }: ProvisionInput,
): Promise<Plan> {
  const [account] = await readAccounts(session, services, wanted.name);
  if (account?.revoked && !reinstate) throw accountRevoked(account, environment);
  const keys = account === undefined ? [] : await readKeys(session, services, account.id);
  const given = keys.filter(({ isDelivered }) => isDelivered);
  const isBack = account?.revoked != null;
  // One whose keys have all ended was in use: who has the account decides when it gets another.
  const needsKey = delivery !== 'none' && (isBack || given.length === 0);
  const changes = [
    ...(account === undefined ? [{ action: 'create', object: `service account ${wanted.name}` }] : []),
    ...(isBack ? [{ action: 'reinstate', object: `service account ${wanted.name}` }] : []),
    ...differences(account, wanted, given),
    ...(needsKey ? [{ action: 'issue', object: `a key for ${wanted.name}` }] : []),
  ];
  return { account, changes, needsKey, hasKey: given.some(({ state }) => state === 'valid') && !isBack };
}

function report(
  name: string,
  changes: Change[],
  key: PreparedKey | undefined,
  { dryRun, environment }: ProvisionInput,
  hasKey: boolean,
): TaskReport {
  const summary =
    changes.length === 0
      ? `service account ${name} matches its definition`
      : `service account ${name} ${dryRun ? 'would be changed' : 'now matches its definition'}`;
  const hasNone = !hasKey && key === undefined && !dryRun;
  return {
    summary,
    changes,
    data: { name, ...(key && { keyId: key.publicId }) },
    ...(hasNone && {
      lines: [
        `${name} has no valid key; to issue one: ${command(environment, 'rotate-service-account', '--name', name)}`,
      ],
    }),
    ...(key?.delivery.isShown && { reveal: { label: `Key of ${name}`, secret: key.secret } }),
  };
}
