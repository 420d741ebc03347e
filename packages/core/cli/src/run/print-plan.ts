import { readCatalogue } from '@opsgraph/catalogue';
import { text } from '@opsgraph/terminal';
import type { Surroundings } from '../surroundings.ts';
import type { PlannedTask } from './read-plan.ts';

export interface PlanSettings {
  environment: string;
  json: boolean;
}

/** What would run, in order, with effects and dependencies. */
export async function printPlan(
  plan: readonly PlannedTask[],
  { environment, json }: PlanSettings,
  { workspace, out }: Surroundings,
): Promise<void> {
  const definitions = new Map(
    (await readCatalogue(workspace)).map(({ definition }) => [definition?.name as string, definition]),
  );
  const names = new Map(plan.map(({ id, name }) => [id, name]));
  const steps = plan.map((task) => ({
    task: task.name,
    id: task.id,
    effect: task.record ? (definitions.get(task.record.task)?.effect ?? 'unknown') : 'none',
    cached: task.isCached,
    after: task.dependencies.map((id) => names.get(id)!),
  }));
  if (json) {
    out.document({ environment, dryRun: true, tasks: steps }, 2);
    return;
  }
  const width = Math.max(...steps.map(({ task }) => task.length)) + 2;
  for (const [index, { task, effect, cached, after }] of steps.entries()) {
    const what = cached ? 'cached' : effect === 'none' ? 'run' : effect;
    const note = after.length === 0 ? '' : out.style('dim', `after ${after.join(', ')}`);
    out.line(text`${String(index + 1).padStart(3)}  ${out.style('bold', task.padEnd(width))}${what.padEnd(9)}${note}`);
  }
  out.line(out.style('dim', text`\nnothing was started (${environment}); what each of them would change:`));
  for (const { record, id } of plan) {
    const definition = record && definitions.get(record.task);
    if (definition === undefined || definition.effect === 'read') continue;
    const [domain, script] = id.split('#');
    const env = record!.isBound || environment === 'local' ? '' : ` --env ${environment}`;
    out.line(out.style('dim', text`  pnpm --filter ${domain!} run ${script!} --dry-run${env}`));
  }
}
