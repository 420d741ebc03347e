import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { Change, TaskReport } from '@opsgraph/report';
import type { Secret } from '@opsgraph/secrets';
import { command } from './command.ts';
import type { Delivery } from './delivery.ts';
import { checkDefinition } from './service-accounts/definition.ts';
import { provisionServiceAccount } from './service-accounts/provision-service-account.ts';
import { revokeServiceAccount } from './service-accounts/revoke-service-account.ts';
import { openServices, readAccounts } from './service-accounts/service-tables.ts';
import type { AccountSettings } from './settings.ts';
import { createAdministrator } from './users/create-administrator.ts';
import { disableUser } from './users/disable-user.ts';
import { listUsers } from './users/list-users.ts';
import { normaliseEmail } from './users/normalise-email.ts';

export interface ApplyInput {
  settings: AccountSettings & {
    administrators: readonly {
      email: string;
      password: { resolve(signal?: AbortSignal): Promise<Secret> } | undefined;
    }[];
    serviceAccounts: readonly {
      name: string;
      scopes: readonly string[];
      expires: number | undefined;
      /** `file:/path` or `cmd:program …`. */
      keyTo: string | undefined;
    }[];
  };
  /** A sink of the configuration as a delivery. */
  deliveryTo(sink: string): Delivery;
  /** Disables and revokes what is not listed, of a kind of which any is listed. */
  prune: boolean;
  environment: string;
  dryRun: boolean;
}

/**
 * Brings administrators and service accounts to what the configuration lists.
 * Whoever a person disabled or revoked stays so: that is reported, with the
 * command to undo it, and is a finding.
 *
 * @throws OpsError ACCOUNTS_INVALID (78) before anything is changed; what the single verbs throw
 */
export async function applyAccounts(session: Session, input: ApplyInput): Promise<TaskReport> {
  const { administrators, serviceAccounts } = input.settings;
  const file = `config/${input.environment}.ts`;
  if (administrators.length + serviceAccounts.length === 0)
    return { summary: `${file} lists no accounts`, changes: [] };
  requireValid(input, file);
  const steps = [
    ...administrators.map((wanted) => () => applyAdministrator(session, wanted, input)),
    ...serviceAccounts.map((wanted) => () => applyServiceAccount(session, wanted, input)),
  ];
  const done = { changes: [] as Change[], lines: [] as string[], findings: [] as string[] };
  for (const step of steps) await collect(step, done);
  for (const step of await unlisted(session, input)) await collect(step, done);
  const { changes, findings } = done;
  const count = administrators.length + serviceAccounts.length;
  const state = changes.length === 0 ? 'are' : input.dryRun ? 'would be' : 'are now';
  const summary =
    findings.length > 0
      ? `${findings.length} of ${count} listed accounts cannot be made to match ${file}`
      : `${count} listed accounts ${state} as ${file} says`;
  return { summary, changes, lines: [...findings, ...done.lines], ...(findings.length > 0 && { findings: true }) };
}

interface Done {
  changes: Change[];
  lines: string[];
  findings: string[];
}

type Step = () => Promise<Pick<TaskReport, 'changes' | 'lines'>>;

/** A refusal concerns one account: the others are brought to order all the same. */
async function collect(step: Step, done: Done): Promise<void> {
  try {
    const { changes, lines = [] } = await step();
    done.changes.push(...changes);
    done.lines.push(...lines);
  } catch (error) {
    if (!(error instanceof OpsError) || error.exit !== 'refused') throw error;
    done.findings.push(`${error.message}: ${error.hint}`);
  }
}

/** Everything that can be judged without the database, before the first change. */
function requireValid({ settings }: ApplyInput, file: string): void {
  const problems: string[] = [];
  const check = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      problems.push([error.message, ...error.problems].join('; '));
    }
  };
  for (const { email } of settings.administrators) check(() => normaliseEmail(email));
  for (const { name, scopes, expires } of settings.serviceAccounts)
    check(() => checkDefinition({ name, scopes, lifetime: expires ?? 'never' }, settings.scopes));
  problems.push(...repeated(settings.administrators.map(({ email }) => email.trim().toLowerCase())));
  problems.push(...repeated(settings.serviceAccounts.map(({ name }) => name)));
  if (problems.length === 0) return;
  throw new OpsError({
    code: 'ACCOUNTS_INVALID',
    exit: 'configuration',
    message: `${file} lists accounts that are not valid`,
    problems,
    hint: `correct accounts.administrators and accounts.serviceAccounts in ${file}; nothing was changed`,
  });
}

function repeated(names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => `${name} is listed more than once`);
}

async function applyAdministrator(
  session: Session,
  { email, password }: ApplyInput['settings']['administrators'][number],
  { settings, environment, dryRun }: ApplyInput,
): ReturnType<Step> {
  const credential = password
    ? ({ kind: 'given', read: () => password.resolve(session.signal) } as const)
    : ({ kind: 'none' } as const);
  const result = await createAdministrator(session, { settings, email, credential, environment, dryRun });
  const isWithout = result.changes.length > 0 && password === undefined;
  const hint = `${email} has no password yet: ${command(environment, 'reset-admin', '--email', normaliseEmail(email))}`;
  return { ...result, lines: isWithout ? [hint] : [] };
}

function applyServiceAccount(
  session: Session,
  { name, scopes, expires, keyTo }: ApplyInput['settings']['serviceAccounts'][number],
  { settings, deliveryTo, environment, dryRun }: ApplyInput,
): ReturnType<Step> {
  return provisionServiceAccount(session, {
    settings,
    name,
    scopes,
    lifetime: expires ?? 'never',
    delivery: keyTo === undefined ? 'none' : deliveryTo(keyTo),
    reinstate: false,
    environment,
    dryRun,
  });
}

/** What is there and not listed: reported, or with `prune` shut out. */
async function unlisted(session: Session, { settings, prune, environment, dryRun }: ApplyInput): Promise<Step[]> {
  const steps: Step[] = [];
  if (settings.administrators.length > 0) {
    const listed = new Set(settings.administrators.map(({ email }) => normaliseEmail(email)));
    const { users } = await listUsers(session, { settings, administratorsOnly: true, limit: 1000 });
    for (const { email, state } of users) {
      if (state !== 'active' || listed.has(email.toLowerCase())) continue;
      steps.push(async () => {
        if (prune) return disableUser(session, { settings, email, environment, dryRun });
        return { changes: [], lines: [`administrator ${email} is not listed`] };
      });
    }
  }
  if (settings.serviceAccounts.length > 0) {
    const listed = new Set(settings.serviceAccounts.map(({ name }) => name));
    for (const { name, revoked } of await readAccounts(session, await openServices(session, settings.services))) {
      if (revoked !== null || listed.has(name)) continue;
      steps.push(async () => {
        if (prune) return revokeServiceAccount(session, { settings, name, environment, dryRun });
        return { changes: [], lines: [`service account ${name} is not listed`] };
      });
    }
  }
  return steps;
}
