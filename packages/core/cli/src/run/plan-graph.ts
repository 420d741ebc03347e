import { spawn } from 'node:child_process';
import { OpsError } from '@opsgraph/errors';
import { explainTurboError, type Suggest } from './explain-turbo-error.ts';
import { type PlannedTask, readPlan } from './read-plan.ts';
import type { TurboProgram } from './turbo-program.ts';

/**
 * Asks turbo what it would run, in an order in which every task comes after
 * what it depends on.
 *
 * @throws OpsError TASK_UNKNOWN, NOTHING_PLANNED (64), GRAPH_INVALID (78)
 */
export async function planGraph(
  { program, args, cwd, env }: TurboProgram,
  environment: string,
  suggest: Suggest,
): Promise<PlannedTask[]> {
  const child = spawn(program, [...args, '--dry=json'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', (cause) =>
      reject(
        new OpsError({
          code: 'TURBO_MISSING',
          exit: 'configuration',
          message: `turbo cannot be started: ${cause.message}`,
          hint: 'pnpm install --frozen-lockfile',
          cause,
        }),
      ),
    );
  });
  if (code !== 0) throw await explainTurboError(stderr, suggest);
  const plan = readPlan(stdout, environment);
  if (plan.length === 0) {
    throw new OpsError({
      code: 'NOTHING_PLANNED',
      exit: 'usage',
      message: 'these tasks and filters leave nothing to run',
      hint: 'pnpm ops list shows the tasks',
    });
  }
  return plan;
}
