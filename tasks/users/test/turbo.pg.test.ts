import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allFiles, sightings } from './canaries.ts';
import { createUsersProject, type Ended, type UsersProject } from './project.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const bin = (directory: string) => join(repository, directory, 'node_modules', '.bin');

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

/** The task as a node of this repository's graph, on the test's project. */
function turbo(...args: string[]): Promise<Ended> {
  const command = ['run', 'provision-service-account', '--filter=users', '--output-logs=full', '--', ...args];
  const path = [bin('.'), bin('packages/core/toolchain'), process.env['PATH']].join(delimiter);
  const child = spawn(join(bin('.'), 'turbo'), command, {
    cwd: repository,
    env: { ...project.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk) => (ended[name] += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ended })));
}

it('shows no secret through turbo, and leaves none in its cache and logs', async () => {
  const definition = ['--name', 'importer', '--scope', 'simulations:read'];
  const refused = await turbo(...definition);
  expect(refused.code).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain('--out PATH');

  const vault = join(outside, 'vault');
  const { code, stdout, stderr } = await turbo(...definition, '--sink', `cmd:tee ${vault}`);
  expect(code, stdout + stderr).toBe(0);
  const key = readFileSync(vault, 'utf8');
  expect(key).toMatch(/^sim_\w{46}$/);
  expect(sightings(stdout + stderr, [key])).toEqual([]);
  const kept = ['.turbo', 'tasks/users/.turbo', 'node_modules/.cache/turbo']
    .map((directory) => join(repository, directory))
    .filter((directory) => existsSync(directory));
  expect(sightings(kept.map(allFiles).join('\n') + allFiles(project.root), [key])).toEqual([]);
});
