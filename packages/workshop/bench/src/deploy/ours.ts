import { join } from 'node:path';
import type { TestDatabase } from '@opsgraph/testing';
import { setUp, task, taskEnv, writeFiles } from '../project.ts';
import { runProcess } from '../run-process.ts';
import { empty, type Fleet, type FleetHost, requireVersion } from './fleet.ts';
import type { Deployer } from './rollout.ts';
import { writeApplication } from './write-application.ts';

export const ours = 'opsgraph';

/** The steps of a deployment that work on hosts, each the process it is in the graph. */
const steps = ['preflight', 'rollout', 'verify', 'deploy'] as const;

/** A project of its own, deployed with the repository's real tasks. */
export async function opsgraph(directory: string, fleet: Fleet, database: TestDatabase): Promise<Deployer> {
  const hosts = await fleet.hostsFor('ours');
  const root = join(directory, 'project');
  await writeFiles(root, {
    'config/local.ts': `export default ${JSON.stringify({ deployment: settings(hosts, fleet) }, undefined, 2)};\n`,
    'tasks/migration/migrations/20250101000000_nothing.sql': '-- migrate:up\nSELECT 1;\n',
  });
  await setUp(database);
  const env = taskEnv(root, database.url.reveal());
  const run = (file: string): Promise<unknown> => runProcess(task(file), { directory: root, env });
  await run('tasks/migration/migrate.ts');
  return {
    name: ours,
    async prepare(kind, version) {
      if (kind === 'nothing') return;
      await writeApplication(root, version);
      if (kind === 'first') {
        await run('tasks/deployment/stop.ts');
        await Promise.all(hosts.map(empty));
      }
      await run('tasks/deployment/release.ts');
    },
    async run() {
      for (const step of steps) await run(`tasks/deployment/${step}.ts`);
    },
    verify: (version) => requireVersion(hosts, version),
  };
}

function settings(hosts: readonly FleetHost[], { ssh }: Fleet): object {
  return {
    hosts: Object.fromEntries(hosts.map(({ name, address, root, port }) => [name, { ssh: address, root, port }])),
    root: '/nowhere',
    confirm: false,
    cleanCommit: false,
    service: { run: [process.execPath, 'src/main.mjs'] },
    health: { interval: '50ms' },
    ssh: { identity: ssh.identity, knownHosts: ssh.knownHosts },
    rollout: { canary: 0, batch: hosts.length, maxUnavailable: 4 },
  };
}
