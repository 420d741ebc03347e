import type { TaskContext } from '@opsgraph/kit';
import type { Schema } from '@opsgraph/releases';

type OnDatabase = TaskContext<Record<never, never>, 'database', 'migrations'>;

/** Which migrations the target has, and which `migrate` would apply. */
export async function readSchema({ session, config, projectRoot }: OnDatabase): Promise<Schema> {
  const { planMigrations } = await import('@opsgraph/migrations/plan-migrations');
  const { applied, pending } = await planMigrations(session, { ...config.migrations, projectRoot });
  return {
    applied: applied.map(({ stem }) => stem),
    pending: pending.map(({ stem }) => stem),
    contents: pending.map(({ sha256 }) => sha256),
  };
}
