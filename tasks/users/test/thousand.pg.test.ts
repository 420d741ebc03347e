import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAdministrator,
  provisionServiceAccount,
  resetAdministrator,
  rotateServiceAccount,
} from '@opsgraph/accounts';
import { handSecret, loadEnvironment } from '@opsgraph/config';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sightings, watchCommandLines } from './canaries.ts';
import { createUsersProject, type UsersProject } from './project.ts';

let project: UsersProject;
let outside: string;
beforeAll(async () => {
  project = await createUsersProject();
  outside = mkdtempSync(join(tmpdir(), 'opsgraph-vault-'));
});
afterAll(async () => {
  await project.remove();
  rmSync(outside, { recursive: true });
});

it('provisions and rotates a thousand times, and none of the secrets is anywhere but where it was handed', async () => {
  const { environment } = await loadEnvironment({
    root: project.root,
    name: 'local',
    env: { DATABASE_URL: 'postgres://a:b@c/d' },
  });
  const accounts = { ...environment.accounts, password: { minimumLength: 12, memory: 64, passes: 1, parallelism: 1 } };
  const vault = join(outside, 'vault');
  // A program takes one secret in a hundred, long enough that command lines can be looked at, too.
  const sink = `cmd:sh -c 'cat >> ${vault}; echo >> ${vault}; sleep 0.3'`;
  const place = { root: project.root, name: 'key', env: {}, signal: undefined };
  const delivery = (turn: number) =>
    turn % 100 === 0
      ? ({
          to: 'command',
          check: async () => {},
          hand: (secret: Parameters<typeof handSecret>[1]) => handSecret(sink, secret, place),
        } as const)
      : ({ to: 'stdout', isLogged: false } as const);

  const watch = watchCommandLines();
  const said: unknown[] = [];
  const written = (['stdout', 'stderr'] as const).map((name) => vi.spyOn(process[name], 'write'));
  const secrets: string[] = [];
  await project.session(async (session) => {
    const here = { settings: accounts, environment: 'local', dryRun: false };
    for (let turn = 0; turn < 250; turn += 1) {
      const name = `account-${turn}`;
      const email = `${name}@example.org`;
      const definition = { name, scopes: ['simulations:read'], lifetime: 'keep', reinstate: false } as const;
      const credential = (kind: 'generated' | 'link') => ({ kind, delivery: delivery(turn) });
      const results = [
        await provisionServiceAccount(session, { ...here, ...definition, delivery: delivery(turn) }),
        await rotateServiceAccount(session, {
          ...here,
          name,
          overlap: turn % 2 ? 'now' : 1000,
          delivery: delivery(turn),
        }),
        await createAdministrator(session, { ...here, email, credential: credential('generated') }),
        await resetAdministrator(session, { ...here, email, credential: credential(turn % 2 ? 'link' : 'generated') }),
      ];
      for (const { reveal } of results) if (reveal !== undefined) secrets.push(reveal.secret.reveal());
      said.push(results);
    }
  });
  const printed = written.flatMap((spy) => spy.mock.calls.map(([chunk]) => String(chunk)));
  for (const spy of written) spy.mockRestore();
  const seen = await watch.end();
  secrets.push(...readFileSync(vault, 'utf8').trim().split('\n'));
  expect(new Set(secrets).size).toBe(1000);

  expect(sightings(JSON.stringify(said), secrets)).toEqual([]);
  expect(sightings(printed.join('\n'), secrets)).toEqual([]);
  expect(seen).toContain(vault);
  expect(sightings(seen, secrets)).toEqual([]);
  for (const table of ['users', 'service_accounts', 'service_account_keys', 'ops.run']) {
    const rows = await project.query(`SELECT t::text AS row FROM ${table} t`);
    expect(sightings(JSON.stringify(rows), secrets), table).toEqual([]);
  }
  expect(
    await project.query('SELECT count(*)::int AS count FROM service_account_keys WHERE sha256 IS NOT NULL'),
  ).toEqual([{ count: 500 }]);
  // The search finds what it looks for.
  const [secret] = secrets;
  for (const form of [secret!, Buffer.from(`user:${secret}`).toString('base64'), encodeURIComponent(secret!)])
    expect(sightings(`log ${form} line`, secrets)).toEqual([secret]);
});
