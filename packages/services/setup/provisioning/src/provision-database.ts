import {
  findOutdated,
  isNumbered,
  type Marker,
  migrateLedger,
  readMarker,
  requireEncoding,
  requireEnvironment,
  setEnvironment,
  takeLock,
} from '@opsgraph/ledger';
import { identifier, readParts, type Session, withDirectSession, withParts } from '@opsgraph/postgres';
import { type Secret, secretUrl } from '@opsgraph/secrets';
import { excessGrants, grantToApp, missingGrants, revokeFromApp } from './app-grants.ts';
import { canLogIn } from './can-log-in.ts';
import { ensureRole, letMakeDatabases } from './ensure-role.ts';
import type { ProvisioningInput, ProvisioningStep, Role } from './provisioning.ts';
import { requireOwnRecords } from './require-own-records.ts';
import { requireUnclaimed } from './require-unclaimed.ts';
import { unlessThere } from './unless-there.ts';

/** What is missing on the target; reads only. An empty list: everything is as wanted. */
export async function planProvisioning(input: ProvisioningInput): Promise<ProvisioningStep[]> {
  return provision(input, false);
}

/**
 * Creates what is missing: roles, database, ledger, environment marker,
 * grants. Safe to repeat and to run twice at once.
 *
 * @throws OpsError DATABASE_NOT_UTF8 (78), WRONG_ENVIRONMENT, DATABASE_IN_USE, LEDGER_NEWER (77), PERMISSION_DENIED (77), DATABASE_* of the connection
 */
export async function provisionDatabase(input: ProvisioningInput): Promise<ProvisioningStep[]> {
  return provision(input, true);
}

export interface NewServer {
  owner: string;
  database: string;
  app: string | undefined;
  environment: string;
}

/** What will be made on a server of our own that does not exist yet. */
export function planNewServer({ owner, database, app, environment }: NewServer): ProvisioningStep[] {
  return [
    { action: 'create', object: `role ${owner}` },
    { action: 'create', object: `database ${database}` },
    { action: 'grant', object: `right to make databases to ${owner}` },
    ...(app === undefined ? [] : [{ action: 'create' as const, object: `role ${app}` }]),
    ...furnishingOfNew(environment, app),
  ];
}

function furnishingOfNew(environment: string, app: string | undefined): ProvisioningStep[] {
  return [
    { action: 'create', object: 'ledger' },
    { action: 'mark', object: `database as ${environment}` },
    ...(app === undefined ? [] : [{ action: 'grant' as const, object: `row rights to ${app}` }]),
  ];
}

async function provision(given: ProvisioningInput, apply: boolean): Promise<ProvisioningStep[]> {
  const input = { ...given, target: { ...given.target, ownSqlOnly: true } };
  const owner = ownerOf(input.target.url);
  const steps: ProvisioningStep[] = [];
  // Nothing is touched, not even a role beside the database, when it is another environment or another owner.
  const isReachable = await canLogIn(input.target, (session) => refuseOther(session, input));
  if (!isReachable || input.app !== undefined || input.ownerMakesDatabases) {
    const admin = { ...input.target, url: adminUrl(input) };
    await withDirectSession(admin, async (session) => {
      // Roles belong to the whole server: two that change one at once would fail with "tuple concurrently updated".
      if (apply) await takeLock(session, 'roles', 'session');
      if (!isReachable) steps.push(...(await ensureOwnerAndDatabase(session, owner, input, apply)));
      if (input.ownerMakesDatabases) steps.push(...(await letMakeDatabases(session, owner.name, apply)));
      if (input.app !== undefined) steps.push(...(await ensureRole(session, input.app, input, apply)));
    });
  }
  if (!apply && steps.some(({ object }) => object === `database ${owner.database}`)) {
    return [...steps, ...furnishingOfNew(input.environment, input.app?.name)];
  }
  steps.push(...(await withDirectSession(input.target, (session) => furnish(session, input, apply))));
  return steps;
}

/** Inside the database: ledger, marker, grants. */
async function furnish(session: Session, input: ProvisioningInput, apply: boolean): Promise<ProvisioningStep[]> {
  const steps: ProvisioningStep[] = [];
  // Two that grant the same at once would fail with "tuple concurrently updated".
  if (apply) await takeLock(session, 'roles', 'session');
  const marker = await refuseOther(session, input);
  const step = ledgerStep(marker, input);
  if (step !== undefined) {
    steps.push(step);
    if (apply) await migrateLedger(session, input.chapters);
  }
  if (marker === undefined) {
    steps.push({ action: 'mark', object: `database as ${input.environment}` });
    if (apply) await setEnvironment(session, input.environment, input.by);
  }
  if (input.app !== undefined) steps.push(...(await settleRights(session, input.app.name, input, apply)));
  return steps;
}

function ledgerStep(marker: Marker | undefined, { chapters }: ProvisioningInput): ProvisioningStep | undefined {
  if (marker === undefined) return { action: 'create', object: 'ledger' };
  const outdated = findOutdated(marker, chapters).map(({ name, versions }) => `${name} ${versions.length}`);
  if (outdated.length === 0 && !isNumbered(marker)) return undefined;
  return {
    action: 'update',
    object: ['ledger', ...(outdated.length === 0 ? [] : [`(${outdated.join(', ')})`])].join(' '),
  };
}

async function settleRights(
  session: Session,
  app: string,
  { migrationTables }: ProvisioningInput,
  apply: boolean,
): Promise<ProvisioningStep[]> {
  const steps: ProvisioningStep[] = [];
  if (await missingGrants(session, app, migrationTables)) {
    steps.push({ action: 'grant', object: `row rights to ${app}` });
    if (apply) await grantToApp(session, app);
  }
  const excess = await excessGrants(session, app, migrationTables);
  // Granting is for all tables, so there may be something to revoke only now.
  for (const table of excess) steps.push({ action: 'revoke', object: `right to write ${table} from ${app}` });
  if (apply) await revokeFromApp(session, app, excess);
  return steps;
}

/** The marker, unless it is that of another environment; none, unless there is something of another user. */
async function refuseOther(session: Session, { environment, adopt }: ProvisioningInput): Promise<Marker | undefined> {
  requireEncoding(session);
  if ((await readMarker(session)) !== undefined) return requireEnvironment(session, environment);
  await requireOwnRecords(session, environment);
  await requireUnclaimed(session, environment, adopt);
  return undefined;
}

async function ensureOwnerAndDatabase(
  admin: Session,
  owner: Role & { database: string },
  input: ProvisioningInput,
  apply: boolean,
): Promise<ProvisioningStep[]> {
  const steps: ProvisioningStep[] = [];
  if (owner.name !== admin.server.user) steps.push(...(await ensureRole(admin, owner, input, apply)));
  const [found] = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [owner.database]);
  if (found === undefined) {
    steps.push({ action: 'create', object: `database ${owner.database}` });
    // template0: whatever somebody left in template1 stays out.
    if (apply)
      await unlessThere(
        admin.execute(
          `CREATE DATABASE ${identifier(owner.database)} OWNER ${identifier(owner.name)} TEMPLATE template0 ENCODING 'UTF8'`,
        ),
      );
  }
  return steps;
}

/** Who and what the target's URL names. */
function ownerOf(url: Secret): Role & { database: string } {
  const { user, password, database } = readParts(url);
  return { name: user, password: secretUrl(`the password in ${url.name}`, password), database };
}

function adminUrl({ adminUrl: given, target }: ProvisioningInput): Secret {
  return given ?? withParts(target.url, { database: 'postgres' });
}
