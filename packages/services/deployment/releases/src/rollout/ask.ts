import { OpsError } from '@opsgraph/errors';
import { fact, type Host, type HttpAnswer } from '@opsgraph/hosts';
import { mask } from '@opsgraph/secrets';
import { healthCommandScript } from '../scripts/health-command.ts';
import type { DeploymentSettings, HealthSettings } from '../settings.ts';
import type { HostState } from './host-state.ts';

export interface Question {
  health: HealthSettings;
  /** Of the host. */
  roles: readonly string[];
  release: string;
  port: number;
}

export type Asking = Pick<DeploymentSettings, 'health' | 'hosts'>;

/** Whether the service of this host answers questions; that of another one has to stay up. */
export function isAsked({ health, hosts }: Asking, host: string): boolean {
  return health.roles.length === 0 || health.roles.some((role) => hosts[host]?.roles.includes(role));
}

/** Who listens at a port that the service of this host needs; undefined: nobody else. */
export function intruderOf(asking: Asking, { host, taken }: HostState, port: number): string | undefined {
  return isAsked(asking, host) ? taken.get(port) : undefined;
}

export function questionOf({ health, hosts }: Asking, host: string, release: string, port: number): Question {
  return { health, roles: hosts[host]?.roles ?? [], release, port };
}

/** One question; undefined: it answered well. */
export async function ask(host: Host, question: Question): Promise<string | undefined> {
  const { health, release, port } = question;
  if (health.command !== undefined) return askByCommand(host, health.command, question);
  let answer: HttpAnswer;
  try {
    answer = await host.get(port, health.path, health.timeout);
  } catch (error) {
    return `${health.path}: ${mask((error as Error).message)}`;
  }
  if (answer.status !== health.status) return `${health.path} answered ${answer.status}, expected ${health.status}`;
  if (!health.namesRelease) return undefined;
  const named = answer.headers['x-release'] ?? releaseInBody(answer.body);
  if (named === release) return undefined;
  return named === undefined
    ? `${health.path} does not name its release (header x-release, or "release" in a JSON body)`
    : `${health.path} answers as release ${mask(named)}`;
}

async function askByCommand(host: Host, command: string, question: Question): Promise<string | undefined> {
  const { health, ...asked } = question;
  try {
    const facts = await host.run(healthCommandScript(host.root, command, asked), { timeout: health.timeout });
    const [code, words = ''] = fact(facts, 'ill') ?? [];
    if (code === undefined) return undefined;
    return `the health command '${command}' ended with ${code}${words === '' ? '' : `: ${mask(words)}`}`;
  } catch (error) {
    if (error instanceof OpsError && error.code === 'INTERRUPTED') throw error;
    return `the health command '${command}': ${mask((error as Error).message)}`;
  }
}

function releaseInBody(body: string): string | undefined {
  try {
    const { release } = JSON.parse(body) as { release?: unknown };
    return typeof release === 'string' ? release : undefined;
  } catch {
    return undefined;
  }
}
