import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import { mask } from '@opsgraph/secrets';
import type { Host, HttpAnswer } from '../host/host.ts';
import { enterRoot, prelude, word } from '../scripts/prelude.ts';
import type { HealthSettings } from '../settings.ts';

export interface Question {
  health: HealthSettings;
  release: string;
  port: number;
  signal: AbortSignal | undefined;
}

/**
 * Waits until the service answers well so many times in a row, and as the
 * release that was started.
 *
 * @throws OpsError UNHEALTHY (1) with what it said last
 */
export async function passGate(host: Host, question: Question): Promise<void> {
  const { health, release, signal } = question;
  const deadline = performance.now() + health.deadline;
  let inARow = 0;
  let last = 'it was never asked';
  while (true) {
    const problem = await ask(host, question);
    signal?.throwIfAborted();
    inARow = problem === undefined ? inARow + 1 : 0;
    if (problem !== undefined) last = problem;
    if (inARow >= health.successes) return;
    if (performance.now() + health.interval >= deadline) break;
    await sleep(health.interval, undefined, signal && { signal }).catch(() => {});
    signal?.throwIfAborted();
  }
  const words = await lastWords(host);
  throw new OpsError({
    code: 'UNHEALTHY',
    exit: 'failed',
    message: `${host.name}: release ${release} did not become healthy within ${health.deadline / 1000} s: ${last}`,
    hint: `mend the release and deploy again; ${words.length === 0 ? 'the service itself said nothing' : 'what the service said last is above'}`,
    problems: words,
  });
}

/** One question; undefined: it answered well. */
export async function ask(host: Host, { health, release, port }: Question): Promise<string | undefined> {
  if (health.command !== undefined) return askByCommand(host, health.command, release, port, health.timeout);
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

async function askByCommand(
  host: Host,
  command: string,
  release: string,
  port: number,
  timeout: number,
): Promise<string | undefined> {
  const script = `${prelude(host.root)}${enterRoot}
OPS_PORT=${port}; OPS_RELEASE=${release}; export OPS_PORT OPS_RELEASE
cd current/. && sh -c ${word(command)} >/dev/null 2>&1 && say healthy || say ill
`;
  try {
    const [[state] = []] = await host.run(script, { timeout });
    return state === 'healthy' ? undefined : `the health command failed: ${command}`;
  } catch (error) {
    if (error instanceof OpsError && error.code === 'INTERRUPTED') throw error;
    return mask((error as Error).message);
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

/** What the service has said since it was started, the end of it, for the error message. */
async function lastWords(host: Host): Promise<string[]> {
  const script = `${prelude(host.root)}${enterRoot}
tail -c "+$(cat .ops/log/begun)" .ops/log/service.log 2>/dev/null | tail -n 8 | cut -c 1-300 | while IFS= read -r line; do say log "$line"; done
:
`;
  const facts = await host.run(script).catch(() => []);
  return facts.flatMap(([key, line = '']) => (key === 'log' ? [mask(line)] : []));
}
