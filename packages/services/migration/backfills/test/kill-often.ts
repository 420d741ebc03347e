import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@opsgraph/postgres';
import type { BackfillsInput } from '../src/index.ts';
import type { Project } from './project.ts';

export interface KillsInput {
  kills: number;
  /** Of the child's run. */
  settings: Partial<Pick<BackfillsInput, 'batchTime' | 'load'>>;
  /** Milliseconds after it began to work within which it is killed, at random. */
  within: number;
  /** A number from 0 to 1. */
  random: () => number;
}

export interface KillsResult {
  kills: number;
  /** Of these, how many found it at work: its transaction was rolled back by the server. */
  amidst: number;
}

/** Starts the backfill again and again and kills it at random moments, then lets it end. */
export async function killOften(project: Project, input: KillsInput): Promise<KillsResult> {
  // One connection for all: opening another takes longer than a batch.
  return project.session((session) => killWatched(project, session, input));
}

async function killWatched(
  project: Project,
  session: Session,
  { kills, settings, within, random }: KillsInput,
): Promise<KillsResult> {
  let done = 0;
  let amidst = 0;
  while (done < kills) {
    const child = startChild(project, settings);
    await begins(child);
    const ended = once(child, 'close');
    await Promise.race([sleep(random() * within), ended]);
    if (child.exitCode !== null) break;
    child.kill('SIGKILL');
    if (await isBusy(session)) amidst += 1;
    await ended;
    done += 1;
  }
  const last = startChild(project, { ...settings, load: 100 });
  const [code] = await once(last, 'close');
  if (code !== 0) throw new Error(`the last run ended with ${code}`);
  return { kills: done, amidst };
}

export function startChild(
  project: Project,
  settings: Partial<BackfillsInput>,
  stderr: 'inherit' | 'ignore' = 'inherit',
): ChildProcess {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'child.ts'), project.directory, JSON.stringify(settings)],
    { env: { ...process.env, DATABASE_URL: project.database.url.reveal() }, stdio: ['ignore', 'pipe', stderr] },
  );
  child.stdout!.setEncoding('utf8');
  return child;
}

/** It says so before its first batch. */
async function begins(child: ChildProcess): Promise<void> {
  await Promise.race([once(child.stdout!, 'data'), once(child, 'close')]);
}

/** Whether a backend of the killed process is still in its transaction. */
async function isBusy(session: Session): Promise<boolean> {
  const rows = await session.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'backfill child' AND xact_start IS NOT NULL",
  );
  return rows.length > 0;
}
