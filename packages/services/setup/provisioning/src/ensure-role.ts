import { OpsError } from '@opsgraph/errors';
import { identifier, literal, type Session, withParts } from '@opsgraph/postgres';
import { canLogIn } from './can-log-in.ts';
import type { ProvisioningInput, ProvisioningStep, Role } from './provisioning.ts';
import { scramVerifier } from './scram-verifier.ts';
import { unlessThere } from './unless-there.ts';

/** Makes a role that is missing; one that is there is only changed where it is ours. */
export async function ensureRole(
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
          `CREATE ROLE ${identifier(role.name)} LOGIN PASSWORD ${literal((await scramVerifier(role.password)).reveal())}`,
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
      `ALTER ROLE ${identifier(role.name)} LOGIN PASSWORD ${literal((await scramVerifier(role.password)).reveal())}`,
    );
  return [{ action: 'update', object: `password of role ${role.name}` }];
}

/** Lets a role make databases beside its own. */
export async function letMakeDatabases(admin: Session, owner: string, apply: boolean): Promise<ProvisioningStep[]> {
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
