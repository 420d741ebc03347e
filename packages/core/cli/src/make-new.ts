import { exitCodes, OpsError } from '@opsgraph/errors';
import { watchForStop } from '@opsgraph/kit/graph-runner';
import { newDomain, newEnvironment, newTask, type Scaffolded, type ScaffoldInput } from '@opsgraph/scaffold';
import { text } from '@opsgraph/terminal';
import type { Given } from './command.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * `ops new`, in the workspace that has the tasks.
 *
 * @throws OpsError USAGE, NAME_INVALID, DOMAIN_UNKNOWN (64), SCAFFOLD_EXISTS (77), COMMAND_FAILED (76)
 */
export async function makeNew(given: Given, { env, workspace, out, err }: Surroundings): Promise<number> {
  const dryRun = given.flag('dry-run');
  const stop = watchForStop(env['npm_lifecycle_event'] ? 'pnpm' : undefined);
  const info = (message: string): void => err.line(err.style('dim', text`▸ ${message}`));
  const { written } = await make(given, { root: workspace, env, dryRun, signal: stop.signal, info }).finally(
    stop.release,
  );
  if (given.flag('json')) {
    out.document({ dryRun, written }, 2);
    return exitCodes.ok;
  }
  for (const path of written) out.line(text`${dryRun ? 'would write' : 'wrote'} ${path}`);
  if (written.length === 0) out.line('every file is there already');
  return exitCodes.ok;
}

async function make(given: Given, input: ScaffoldInput): Promise<Scaffolded> {
  const [kind, ...names] = given.words;
  const [first = '', second = ''] = names;
  const effect = given.text('effect') ?? 'read';
  if (kind === 'task' && names.length === 2 && isEffect(effect))
    return newTask(input, { domain: first, name: second, effect });
  if (kind === 'domain' && names.length === 1) return newDomain(input, { name: first });
  if (kind === 'environment' && names.length === 1)
    return newEnvironment(input, { name: first, sandbox: given.flag('sandbox') });
  throw new OpsError({
    code: 'USAGE',
    exit: 'usage',
    message: isEffect(effect)
      ? 'expected domain NAME, environment NAME, or task DOMAIN NAME'
      : `--effect ${JSON.stringify(effect)}: expected read, write or destroy`,
    hint: 'pnpm ops new --help shows examples',
  });
}

function isEffect(word: string): word is 'read' | 'write' | 'destroy' {
  return ['read', 'write', 'destroy'].includes(word);
}
