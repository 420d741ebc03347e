import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Session, withSession } from '@opsgraph/postgres';
import type { Secret } from '@opsgraph/secrets';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { destroyLocalPostgres, ensureLocalPostgres } from '../src/index.ts';

export interface TestCheckout {
  projectRoot: string;
  stateDirectory: string;
}

/** A new empty checkout; its cluster goes with the test. */
export async function newCheckout(): Promise<TestCheckout> {
  return forgetAfterTest(await emptyCheckout());
}

export function forgetAfterTest(checkout: TestCheckout): TestCheckout {
  onTestFinished(() => forget(checkout));
  return checkout;
}

/** One with a running server for the tests of a file that leave it as good as they found it: a new one takes a second. */
export function sharedCheckout(): TestCheckout {
  const checkout = { projectRoot: '', stateDirectory: '' };
  beforeAll(async () => {
    Object.assign(checkout, await emptyCheckout());
    await ensureLocalPostgres(checkout);
  });
  afterAll(() => forget(checkout));
  return checkout;
}

async function emptyCheckout(): Promise<TestCheckout> {
  const projectRoot = await realpath(await mkdtemp(join(tmpdir(), 'opsgraph-checkout-')));
  return { projectRoot, stateDirectory: join(projectRoot, '.ops') };
}

async function forget(checkout: TestCheckout): Promise<void> {
  await destroyLocalPostgres(checkout);
  await rm(checkout.projectRoot, { recursive: true, force: true });
}

export function inDatabase<T>(url: Secret, work: (session: Session) => Promise<T>): Promise<T> {
  return withSession(
    { url, applicationName: 'test', lockTimeout: 5000, statementTimeout: 60_000, connectTimeout: 5000 },
    work,
  );
}

const index = new URL('../src/index.ts', import.meta.url).href;

/** `ensure` in a process of its own, behind `prefix` (a shell that sets a limit, say). */
export function ensureInChild(
  checkout: TestCheckout,
  prefix: readonly string[] = [],
): { child: ChildProcess; result: Promise<Record<string, unknown>> } {
  const script = `
    const { ensureLocalPostgres } = await import(${JSON.stringify(index)});
    const result = await ensureLocalPostgres(${JSON.stringify(checkout)}).then(
      ({ url: _secret, ...told }) => told,
      ({ code, message, hint, exitCode, problems, stack }) => ({ code, message, hint, exitCode, problems, stack }),
    );
    process.stdout.write(JSON.stringify(result));`;
  const [program, ...args] = [...prefix, process.execPath, '--input-type=module', '-e', script];
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const result = (async () => {
    let text = '';
    child.stdout!.on('data', (chunk) => {
      text += String(chunk);
    });
    await once(child, 'close');
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  })();
  return { child, result };
}
