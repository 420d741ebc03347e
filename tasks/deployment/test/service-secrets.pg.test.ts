import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allSteps, createSandbox, type Sandbox } from './sandbox.ts';

const cookie = "it's a cookie $(id) of the application";
const key = 'key-from-a-program-4711';
const env = { COOKIE: cookie };

let here: Sandbox;
let port: number;
beforeAll(async () => {
  here = await createSandbox(['one']);
  port = here.place.ports[0]!;
  here.configure({
    service: {
      run: ['node', 'src/main.mjs'],
      ports: [8080],
      variables: {
        COOKIE_SECRET: 'env:COOKIE',
        API_KEY: 'cmd:printf key-from-a-%s-4711 program',
        STAGE: 'text:env:COOKIE',
      },
    },
  });
});
afterAll(() => here[Symbol.asyncDispose]());

const main = (version: string): string => `
import { createServer } from 'node:http';
const { PORT, RELEASE, COOKIE_SECRET, API_KEY, STAGE } = process.env;
createServer((request, response) =>
  response.end(JSON.stringify({ release: RELEASE, version: '${version}', COOKIE_SECRET, API_KEY, STAGE })),
).listen(Number(PORT), '127.0.0.1');
`;

async function steps(version: string): Promise<string> {
  here.project.write('app/src/main.mjs', main(version));
  let said = '';
  for (const step of allSteps) {
    const { code, stdout, stderr } = await here.task(step, ['--verbose'], env);
    expect(code, `${step}: ${stderr}`).toBe(0);
    said += stdout + stderr;
  }
  return said;
}

const answer = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/`)).json();

/** Files under a directory that hold one of the secrets. */
function filesWithSecret(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => [cookie, key, 'of the application'].some((secret) => readFileSync(path).includes(secret)));
}

it('hands the service its secrets, and nobody else sees them', async () => {
  const said = await steps('1');
  expect(await answer()).toMatchObject({ COOKIE_SECRET: cookie, API_KEY: key, STAGE: 'env:COOKIE' });
  for (const secret of [cookie, key]) expect(said).not.toContain(secret);
  expect(filesWithSecret(here.project.root)).toEqual([]);
  const held = filesWithSecret(here.place.root);
  expect(held).toHaveLength(1);
  expect(statSync(held[0]!).mode & 0o077).toBe(0);
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return [];
      }
    });
  expect(lines.filter((line) => line.includes('of the application') || line.includes(key))).toEqual([]);
}, 120_000);

it('refuses in preflight a secret that cannot be had, and goes back without it', async () => {
  await steps('2');
  expect(await here.task('preflight')).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('COOKIE is not set, but deployment.service.variables.COOKIE_SECRET is needed'),
  });
  expect(await here.task('rollback')).toMatchObject({ code: 0 });
  expect(await answer()).toMatchObject({ version: '1', COOKIE_SECRET: cookie });
  expect(await here.task('status')).toMatchObject({ code: 0 });
}, 120_000);
