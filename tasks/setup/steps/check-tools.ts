import { OpsError } from '@opsgraph/errors';
import type { TaskContext, TaskReport } from '@opsgraph/kit';
import { agree, count } from '@opsgraph/text';

/** Looks at the machine; a missing tool that tasks cannot do without is an error. */
export async function checkTools({ signal }: TaskContext): Promise<TaskReport> {
  const { checkToolchain } = await import('@opsgraph/toolchain');
  const checks = await checkToolchain(signal);
  const missing = checks.filter(({ state }) => state === 'missing');
  if (missing.length > 0) {
    throw new OpsError({
      code: 'TOOL_MISSING',
      exit: 'configuration',
      message: `${count(missing.length, 'tool')} ${agree(missing.length, 'is', 'are')} missing or too old`,
      problems: missing.map(({ tool, found, remedy }) => `${tool}: ${found}; ${remedy}`),
      hint: 'fix it, then run `pnpm --filter setup run check` again',
    });
  }
  const lines = checks.map(({ tool, found, state, remedy }) =>
    state === 'ok' ? `✓ ${tool}  ${found}` : `· ${tool}  not found (${remedy})`,
  );
  return { summary: 'this machine has what the tasks need', changes: [], lines, data: checks };
}
