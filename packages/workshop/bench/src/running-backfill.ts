import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pauseBackfill, resumeBackfill } from '@opsgraph/backfills';
import type { TestDatabase } from '@opsgraph/testing';
import { task, taskEnv } from './project.ts';

export interface RunningBackfill {
  /** Returns when it does batches again. */
  resume(): Promise<void>;
  /** Returns when it does none any more. */
  pause(): Promise<void>;
  /** Rows so far. */
  visited(): Promise<number>;
  /** Ends the task, which can be started again. */
  stop(): Promise<void>;
}

/** Starts the project's backfill of this name as a task of its own; it is at work when this returns. */
export async function startBackfill(
  name: string,
  { project, database, options }: { project: string; database: TestDatabase; options: readonly string[] },
): Promise<RunningBackfill> {
  const [program, ...args] = task('tasks/migration/backfill.ts', ...options);
  const child = spawn(program, args, {
    cwd: project,
    env: taskEnv(project, database.url.reveal()),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  const readVisited = async (): Promise<number> => {
    const [row] = await database.session((session) =>
      session.query<{ visited: number }>('SELECT visited FROM ops.backfill WHERE name = $1', [name]),
    );
    return row?.visited ?? 0;
  };
  const changes = async (): Promise<boolean> => {
    const before = await readVisited();
    await sleep(700);
    return (await readVisited()) > before;
  };
  const until = async (isWorking: boolean): Promise<void> => {
    for (const deadline = Date.now() + 15_000; (await changes()) !== isWorking; ) {
      if (child.exitCode !== null) throw new Error(`the backfill ended (${child.exitCode}) before the bench did`);
      if (Date.now() > deadline)
        throw new Error(`the backfill ${isWorking ? 'does no batches' : 'goes on though paused'}`);
    }
  };
  const chosen = { name, known: [name], dryRun: false };
  await until(true);
  return {
    visited: readVisited,
    async resume() {
      await database.session((session) => resumeBackfill(session, chosen));
      await until(true);
    },
    async pause() {
      await database.session((session) => pauseBackfill(session, { ...chosen, by: 'bench' }));
      await until(false);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
