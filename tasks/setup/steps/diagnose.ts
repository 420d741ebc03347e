import type { Environment } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import type { TaskContext } from '@opsgraph/kit';
import { targetConnection } from '@opsgraph/kit/target-connection';
import { openParents } from './open-parents.ts';
import { requireAppPassword } from './require-app-password.ts';

export interface Finding {
  subject: string;
  state: 'ok' | 'note' | 'wrong';
  fact: string;
  remedy?: string | undefined;
}

/** Looks at everything a task needs, in the order it is needed; continues past what is wrong. */
export async function diagnose(context: TaskContext): Promise<Finding[]> {
  const findings = [...(await tools(context)), ...openParents(context.stateDirectory)];
  let config: Environment;
  try {
    config = (await context.loadConfig()).environment;
  } catch (error) {
    return [...findings, ...wrong('configuration', error)];
  }
  findings.push({ subject: 'configuration', state: 'ok', fact: `config/${context.environmentName}.ts is valid` });
  findings.push(...appPassword(context, config));
  findings.push(...(await embeddedServer(context, config)), ...(await database(context, config)));
  return findings;
}

async function tools({ signal }: TaskContext): Promise<Finding[]> {
  const { checkToolchain } = await import('@opsgraph/toolchain');
  const states = { ok: 'ok', optional: 'note', missing: 'wrong' } as const;
  const checks = await checkToolchain(signal);
  return checks.map(({ tool, found, state, remedy }) => ({ subject: tool, state: states[state], fact: found, remedy }));
}

async function embeddedServer(
  { stateDirectory, projectRoot }: TaskContext,
  { database }: Environment,
): Promise<Finding[]> {
  if (database.url?.isSet || database.embedded === undefined) return [];
  const { describeLocalPostgres } = await import('@opsgraph/local-postgres');
  const { running, port, version, home, size, problem } = await describeLocalPostgres({ stateDirectory, projectRoot });
  const subject = 'embedded PostgreSQL';
  if (!running)
    return [{ subject, state: 'wrong', fact: problem ?? 'not running', remedy: 'pnpm --filter setup run setup' }];
  const fact = `${version} on port ${port}, ${Math.round(size / 1e6)} MB in ${home}`;
  return [
    {
      subject,
      state: problem === undefined ? 'ok' : 'wrong',
      fact: problem ?? fact,
      remedy: 'pnpm --filter setup run setup',
    },
  ];
}

async function database(context: TaskContext, config: Environment): Promise<Finding[]> {
  const { describeTarget } = await import('@opsgraph/provisioning');
  const { findChapters } = await import('@opsgraph/ledger');
  const { environmentName, stateDirectory, signal, run } = context;
  const subject = 'database';
  try {
    const place = { applicationName: `ops setup:doctor ${run.id}`, stateDirectory, signal };
    const connection = await targetConnection(config, place);
    const target = await describeTarget(connection, environmentName, await findChapters());
    return [{ subject, state: 'ok', fact: target }, ...(await authority(connection, config))];
  } catch (error) {
    return wrong(subject, error);
  }
}

function appPassword({ environmentName }: TaskContext, config: Environment): Finding[] {
  try {
    requireAppPassword(config, environmentName);
    return [];
  } catch (error) {
    return wrong('role of the service', error);
  }
}

/** Where a lower role could have its code run as the owner. */
async function authority(
  connection: Awaited<ReturnType<typeof targetConnection>>,
  config: Environment,
): Promise<Finding[]> {
  const { weaknesses } = await import('./weaknesses.ts');
  const found = await weaknesses(connection, config);
  return found.map(({ fact, remedy }) => ({ subject: 'authority', state: 'wrong', fact, remedy }));
}

/** Only what was foreseen is a finding; a bug stays one. */
function wrong(subject: string, error: unknown): Finding[] {
  if (!(error instanceof OpsError)) throw error;
  const facts = error.problems.length > 0 ? error.problems : [error.message];
  return facts.map((fact) => ({ subject, state: 'wrong', fact, remedy: error.hint }));
}
