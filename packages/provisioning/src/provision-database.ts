import { OpsError } from '@opsgraph/errors';
import {
  ledgerVersion,
  lockClass,
  type Marker,
  migrateLedger,
  readMarker,
  requireEnvironment,
  setEnvironment,
} from '@opsgraph/ledger';
import {
  type ConnectionSettings,
  identifier,
  literal,
  type Session,
  withDirectSession,
  withSession,
} from '@opsgraph/postgres';
import { type Secret, secretUrl } from '@opsgraph/secrets';
import { grantToApp, missingGrants } from './app-grants.ts';
import { scramVerifier } from './scram-verifier.ts';

export interface Role {
  name: string;
  password: Secret;
}

export interface ProvisioningInput {
  /** The target as the tasks will use it: its user is the owner, its path the database. */
  target: ConnectionSettings;
  /** Somebody who may create roles and databases; the target's own user when there is none. */
  adminUrl: Secret | undefined;
  /** The role of the running service: may read and write rows, not change tables. */
  app: Role | undefined;
  /** Whether a password that no longer fits may be set anew: only on a server that is ours. */
  mayResetPasswords: boolean;
  /** Whether the owner shall be able to make databases beside its own, to try migrations: likewise. */
  ownerMakesDatabases: boolean;
  environment: string;
  by: string;
}

export interface ProvisioningStep {
  action: 'create' | 'update' | 'grant' | 'mark';
  object: string;
}

const benign = new Set(['42P04', '42710', '23505']);

/** What is missing on the target; reads only. An empty list: everything is as wanted. */
export async function planProvisioning(input: ProvisioningInput): Promise<ProvisioningStep[]> {
  return provision(input, false);
}

/**
 * Creates what is missing: roles, database, ledger, environment marker,
 * grants. Safe to repeat and to run twice at once.
 *
 * @throws OpsError WRONG_ENVIRONMENT (77), LEDGER_NEWER (77), PERMISSION_DENIED (77), DATABASE_* of the connection
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
    { action: 'create', object: `ledger version ${ledgerVersion}` },
    { action: 'mark', object: `database as ${environment}` },
    ...(app === undefined ? [] : [{ action: 'grant' as const, object: `row rights to ${app}` }]),
  ];
}

async function provision(input: ProvisioningInput, apply: boolean): Promise<ProvisioningStep[]> {
  const owner = ownerOf(input.target.url);
  const steps: ProvisioningStep[] = [];
  // Nothing is touched, not even a role beside the database, when it says that it is another environment.
  const isReachable = await canLogIn(input.target, (session) => refuseOther(session, input.environment));
  if (!isReachable || input.app !== undefined || input.ownerMakesDatabases) {
    const admin = { ...input.target, url: adminUrl(input) };
    await withDirectSession(admin, async (session) => {
      // Roles belong to the whole server: two that change one at once would fail with "tuple concurrently updated".
      if (apply) await session.query('SELECT pg_advisory_lock($1, 1)', [lockClass]);
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
  if (apply) await session.query('SELECT pg_advisory_lock($1, 1)', [lockClass]);
  const marker = await refuseOther(session, input.environment);
  if (marker?.ledgerVersion !== ledgerVersion) {
    steps.push({ action: marker === undefined ? 'create' : 'update', object: `ledger version ${ledgerVersion}` });
    if (apply) await migrateLedger(session);
  }
  if (marker === undefined) {
    steps.push({ action: 'mark', object: `database as ${input.environment}` });
    if (apply) await setEnvironment(session, input.environment, input.by);
  }
  if (input.app !== undefined && (await missingGrants(session, input.app.name))) {
    steps.push({ action: 'grant', object: `row rights to ${input.app.name}` });
    if (apply) await grantToApp(session, input.app.name);
  }
  return steps;
}

/** The marker, unless it is that of another environment. */
async function refuseOther(session: Session, environment: string): Promise<Marker | undefined> {
  const marker = await readMarker(session);
  return marker === undefined ? undefined : requireEnvironment(session, environment);
}

async function ensureOwnerAndDatabase(
  admin: Session,
  owner: ReturnType<typeof ownerOf>,
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

async function ensureRole(
  admin: Session,
  role: Role,
  input: ProvisioningInput,
  apply: boolean,
): Promise<ProvisioningStep[]> {
  const [found] = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role.name]);
  if (found === undefined) {
    if (apply)
      await unlessThere(
        admin.execute(
          `CREATE ROLE ${identifier(role.name)} LOGIN PASSWORD ${literal(await scramVerifier(role.password))}`,
        ),
      );
    return [{ action: 'create', object: `role ${role.name}` }];
  }
  if (await passwordFits(role, input)) return [];
  if (!input.mayResetPasswords) {
    throw new OpsError({
      code: 'ROLE_PASSWORD_DIFFERS',
      exit: 'refused',
      message: `role ${role.name} exists on ${admin.server.host}:${admin.server.port} with another password than ${role.password.name}`,
      hint: `correct ${role.password.name}, or change the role yourself; an existing role is never changed here`,
    });
  }
  if (apply)
    await admin.execute(
      `ALTER ROLE ${identifier(role.name)} LOGIN PASSWORD ${literal(await scramVerifier(role.password))}`,
    );
  return [{ action: 'update', object: `password of role ${role.name}` }];
}

async function letMakeDatabases(admin: Session, owner: string, apply: boolean): Promise<ProvisioningStep[]> {
  const [role] = await admin.query<{ may: boolean }>(
    'SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = $1',
    [owner],
  );
  if (role?.may === true) return [];
  if (apply) await admin.execute(`ALTER ROLE ${identifier(owner)} CREATEDB`);
  return [{ action: 'grant', object: `right to make databases to ${owner}` }];
}

/** By logging in, to a database that is always there. */
async function passwordFits(role: Role, { target }: ProvisioningInput): Promise<boolean> {
  return canLogIn({
    ...target,
    url: withParts(target.url, { user: role.name, password: role.password.reveal(), database: 'postgres' }),
  });
}

/** Whether a login works; a refused one, or a missing database, is a no. */
async function canLogIn(
  settings: ConnectionSettings,
  look: (session: Session) => Promise<unknown> = async () => {},
): Promise<boolean> {
  try {
    await withSession(settings, look);
    return true;
  } catch (error) {
    if (error instanceof OpsError && ['DATABASE_LOGIN_REFUSED', 'DATABASE_MISSING'].includes(error.code)) return false;
    throw error;
  }
}

async function unlessThere(statement: Promise<unknown>): Promise<void> {
  await statement.catch((error: { code?: string }) => {
    // Somebody else was faster with the same.
    if (!benign.has(error.code ?? '')) throw error;
  });
}

function ownerOf(url: Secret): Role & { database: string } {
  const { username, password, pathname } = new URL(url.reveal());
  return {
    name: decodeURIComponent(username),
    password: secretPart(url, decodeURIComponent(password)),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

function adminUrl({ adminUrl: given, target }: ProvisioningInput): Secret {
  return given ?? withParts(target.url, { database: 'postgres' });
}

function withParts(url: Secret, parts: { user?: string; password?: string; database: string }): Secret {
  const changed = new URL(url.reveal());
  if (parts.user !== undefined) changed.username = encodeURIComponent(parts.user);
  if (parts.password !== undefined) changed.password = encodeURIComponent(parts.password);
  changed.pathname = `/${encodeURIComponent(parts.database)}`;
  return secretUrl(url.name, changed.href);
}

function secretPart(url: Secret, password: string): Secret {
  return secretUrl(`the password in ${url.name}`, password);
}
