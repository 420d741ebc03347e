import { readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTaskProject, type Ended, type Env, type Started, type TaskProject } from '@opsgraph/kit/testing';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { writeApplication } from './application.ts';

/** A project with tasks of deployment, hosts on this machine, and an application whose version is its answer. */
export interface Sandbox extends AsyncDisposable {
  project: TaskProject;
  place: { hosts: readonly string[]; root: string; ports: readonly number[] };
  /** Writes config/local.ts; `more` goes into its section deployment. */
  configure(more?: object): void;
  /** `slowOn`: the host on which it takes 4 s before it listens. */
  write(version: string, slowOn?: string): void;
  start(task: string, args?: readonly string[], env?: Env): Started;
  task(task: string, args?: readonly string[], env?: Env): Promise<Ended>;
  /** Runs steps until one fails; how each ended. */
  steps(names?: readonly string[]): Promise<string[]>;
  /** Writes an application and deploys it. */
  deploy(version: string): Promise<string[]>;
  /** The release that a host's `current` names; undefined: none. */
  current(host: string): string | undefined;
  /** The version that each host answers with. */
  answers(): Promise<string[]>;
}

export const allSteps = ['release', 'preflight', '../migration/migrate', 'rollout', 'verify', 'deploy'];
/** What the graph runs after preflight. */
export const laterSteps = allSteps.slice(2);

export async function createSandbox(hosts: readonly string[]): Promise<Sandbox> {
  const database = await createTestDatabase();
  const root = await mkdtemp(join(tmpdir(), 'opsgraph-hosts-'));
  const sandbox = await openSandbox(database, { hosts, root, ports: await freePorts(hosts.length) });
  return {
    ...sandbox,
    async [Symbol.asyncDispose]() {
      await sandbox.task('stop');
      await sandbox[Symbol.asyncDispose]();
      await database.drop();
      await rm(root, { recursive: true });
    },
  };
}

/** Another checkout, with a state directory of its own, that deploys to the same hosts. */
export function copySandbox({ project, place }: Sandbox): Promise<Sandbox> {
  return openSandbox(project.database as TestDatabase, place);
}

async function openSandbox(database: TestDatabase, place: Sandbox['place']): Promise<Sandbox> {
  // its end is ours to choose
  const project = await createTaskProject({ database: { ...database, drop: async () => {} } });
  const { hosts, ports } = place;
  const rootOf = (host: string): string => join(place.root, host);
  const file = (name: string): string => join(import.meta.dirname, '..', `${name}.ts`);
  const start = (name: string, args: readonly string[] = [], env: Env = {}): Started =>
    project.start(file(name), args, env);

  const sandbox: Sandbox = {
    project,
    place,
    configure(more = {}) {
      const deployment = {
        hosts: Object.fromEntries(hosts.map((host, index) => [host, { root: rootOf(host), port: ports[index] }])),
        root: 'hosts',
        confirm: false,
        cleanCommit: false,
        service: { run: ['node', 'src/main.mjs'], ports: [8080] },
        health: { interval: '50ms', deadline: '20s' },
        rollout: { canary: 0, batch: 1, maxUnavailable: 1 },
        ...more,
      };
      project.write('config/local.ts', `export default ${JSON.stringify({ deployment })};\n`);
    },
    write(version, slowOn) {
      const slow = slowOn === undefined ? 0 : ports[hosts.indexOf(slowOn)]!;
      project.write('app/src/main.mjs', main(version, slow));
    },
    start,
    task: (name, args, env) => start(name, args, env).ended,
    async steps(names = allSteps) {
      const ended = [];
      for (const step of names) {
        const { code, stdout, stderr } = await sandbox.task(step);
        ended.push(`${code} ${/^✔ (\w+)/.exec(stdout)?.[1] ?? stderr}`);
        if (code !== 0) break;
      }
      return ended;
    },
    deploy(version) {
      sandbox.write(version);
      return sandbox.steps();
    },
    current(host) {
      try {
        return readlinkSync(join(rootOf(host), 'current')).replace('releases/', '');
      } catch {
        return undefined;
      }
    },
    answers: () =>
      Promise.all(
        ports.map(async (port) => {
          const response = await fetch(`http://127.0.0.1:${port}/`);
          return ((await response.json()) as { version: string }).version;
        }),
      ),
    [Symbol.asyncDispose]: () => project.remove(),
  };
  sandbox.configure();
  writeApplication(project, main('1', 0));
  return sandbox;
}

const main = (version: string, slow: number): string => `
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
const { PORT, RELEASE } = process.env;
if (PORT === '${slow}') await new Promise((resolve) => setTimeout(resolve, 4000));
createServer((request, response) => {
  // in the root of the host
  response.statusCode = request.url === '/queue' && existsSync('../../full') ? 500 : 200;
  response.end(JSON.stringify({ release: RELEASE, version: '${version}' }));
}).listen(Number(PORT), '127.0.0.1');
`;
