import { join } from 'node:path';
import type { HostAddress } from '@opsgraph/hosts';
import { migrateLedger, setEnvironment } from '@opsgraph/ledger';
import type { Session } from '@opsgraph/postgres';
import { createTestDatabase, type TestDatabase } from '@opsgraph/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { buildRelease, type Release } from '../src/artifact/build-release.ts';
import { chapter } from '../src/chapter.ts';
import {
  type DeploymentContext,
  type DeploymentSettings,
  deployRelease,
  finishDeployment,
  openDeployment,
  type Schema,
  verifyDeployment,
} from '../src/index.ts';
import { applicationFiles } from './application.ts';
import { temporaryDirectory, writeFiles } from './temporary.ts';

export const schema: Schema = { applied: ['1_a'], pending: [] };

export interface Fleet extends AsyncDisposable {
  path: string;
  database: TestDatabase;
  settings: DeploymentSettings;
  /** What was said to people. */
  said: string[];
  /** Packs an application that behaves so. */
  build(behaviour: string, version?: string, more?: Record<string, string>): Promise<Release>;
  /** Everything one run of a task has. */
  on<T>(work: (context: DeploymentContext) => Promise<T>, more?: Partial<DeploymentContext>): Promise<T>;
  /** All steps, each in a run of its own like the tasks. Returns the hosts that changed. */
  deploy(release: Release, more?: Partial<DeploymentContext>): Promise<string[]>;
  ask(host: string, path?: string): Promise<{ release: string; version: string }>;
  root(host: string): string;
}

export interface FleetOptions {
  /** Addresses by name; the root of each is made. */
  hosts: readonly string[];
  addresses?: (name: string) => Partial<HostAddress>;
  settings?: Partial<DeploymentSettings>;
  health?: Partial<DeploymentSettings['health']>;
}

let runs = 0;

/** Hosts with a release root each, a ledger, and an application to deploy. */
export async function createFleet({
  hosts,
  addresses = () => ({}),
  settings: given,
  health,
}: FleetOptions): Promise<Fleet> {
  const directory = await temporaryDirectory();
  const database = await createTestDatabase();
  await database.session(async (session) => {
    await migrateLedger(session, [chapter]);
    await setEnvironment(session, 'staging', 'test');
  });
  const ports = await freePorts(hosts.length * 2);
  const entries = hosts.map((name, index): [string, HostAddress] => [
    name,
    {
      ssh: undefined,
      jump: undefined,
      roles: [],
      port: ports[index * 2],
      root: join(directory.path, 'hosts', name),
      ...addresses(name),
    },
  ]);
  const settings: DeploymentSettings = {
    hosts: Object.fromEntries(entries),
    root: join(directory.path, 'nowhere'),
    ssh: { knownHosts: undefined, identity: undefined, agent: undefined, parallel: 4 },
    keep: 3,
    shared: [],
    strategy: 'symlink',
    service: {
      run: [process.execPath, 'main.mjs'],
      start: undefined,
      reload: undefined,
      stop: undefined,
      ports: ports.slice(0, 2),
      stopWithin: 2000,
    },
    health: {
      path: '/healthz',
      roles: [],
      staysUp: 1000,
      command: undefined,
      status: 200,
      namesRelease: true,
      successes: 2,
      interval: 40,
      // a test whose release is ill says how long to wait for it
      timeout: 3000,
      deadline: 15_000,
    },
    smoke: [],
    proxy: undefined,
    rollout: { canary: 1, batch: 4, maxUnavailable: 4, stopAfter: 1 },
    leaseExpiry: 3000,
    stepTimeout: 30_000,
    ...given,
  };
  settings.health = { ...settings.health, ...health };
  const said: string[] = [];
  const fleet: Fleet = {
    path: directory.path,
    database,
    settings,
    said,
    async build(behaviour, version = behaviour, more = {}) {
      const at = join(directory.path, 'builds', `${behaviour}-${version}`);
      await writeFiles(at, { ...applicationFiles(behaviour, version), 'migrations/1_a.sql': '', ...more });
      const application = {
        name: 'app',
        directory: join(at, 'app'),
        files: ['.'],
        dependencies: false,
        migrations: [join(at, 'migrations')],
        lowestMigration: undefined,
      };
      return buildRelease(application, join(at, 'out'));
    },
    on: (work, more) => database.session((session) => work(contextOf(session, more))),
    async deploy(release, more) {
      await fleet.on((context) => openDeployment(context, openingOf(release), async () => {}), more);
      const { changed } = await fleet.on((context) => deployRelease(context, release, schema), more);
      await fleet.on(verifyDeployment, more);
      await fleet.on(finishDeployment, more);
      return changed;
    },
    async ask(host, path = '/healthz') {
      const response = await fetch(`http://127.0.0.1:${settings.hosts[host]!.port}${path}`);
      return (await response.json()) as { release: string; version: string };
    },
    root: (host) => settings.hosts[host]!.root!,
    async [Symbol.asyncDispose]() {
      await database.drop();
      await directory[Symbol.asyncDispose]();
    },
  };
  return fleet;

  function contextOf(session: Session, more: Partial<DeploymentContext> = {}): DeploymentContext {
    runs += 1;
    return {
      session,
      connection: {
        url: database.url,
        applicationName: 'releases test',
        lockTimeout: 5000,
        statementTimeout: 10_000,
        connectTimeout: 5000,
        signal: more.signal,
      },
      settings,
      environmentName: 'staging',
      application: 'app',
      serviceEnvironment: { values: { TOKEN: `it's a "secret" $(id) \`id\` ${'x'.repeat(5)}` }, current: {} },
      run: { id: `run-${runs}-${process.pid}`, actor: 'ana', host: 'laptop' },
      place: 'laptop:/checkout',
      signal: new AbortController().signal,
      info: (text) => said.push(text),
      warn: (text) => said.push(text),
      ...more,
    };
  }
}

export function openingOf({ manifest }: Release) {
  return { kind: 'deploy', manifest, commit: undefined, plan: undefined, reason: undefined } as const;
}
