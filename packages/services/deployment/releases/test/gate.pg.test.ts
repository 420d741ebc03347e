import { existsSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deployRelease, openDeployment, readStatus } from '../src/index.ts';
import { createFleet, type Fleet, type FleetOptions, openingOf, schema } from './fleet.ts';

let fleet: Fleet;
const more: AsyncDisposable[] = [];
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  for (const one of more.splice(0)) await one[Symbol.asyncDispose]();
});
const create = async (options: Partial<FleetOptions> = {}): Promise<void> => {
  fleet = await createFleet({ hosts: ['one'], ...options });
};

it('ends when the command has ended, says what went wrong in it, and where the log is', async () => {
  // far beyond the time that this test has
  await create({ health: { deadline: 600_000 } });
  await expect(fleet.deploy(await fleet.build('throws'))).rejects.toMatchObject({
    code: 'ROLLOUT_FAILED',
    message: expect.stringMatching(/is not running: it ended with 1 after \d+ s/),
    hint: expect.stringContaining(join(fleet.root('one'), '.ops/log/service.log')),
    problems: expect.arrayContaining([expect.stringMatching(/TypeError: Cannot read properties of null/)]),
  });
});

describe('when another program has the port', () => {
  it('refuses before anything is switched, and says who has it', async () => {
    await create();
    const release = await fleet.build('well');
    await fleet.deploy(release);
    // another checkout, with the same release and the same port
    const other = await createFleet({
      hosts: ['one'],
      addresses: () => ({ port: fleet.settings.hosts['one']!.port }),
    });
    more.push(other);
    await expect(other.deploy(release)).rejects.toMatchObject({
      code: 'HOSTS_NOT_READY',
      message: expect.stringMatching(/port \d+ is taken by process \d+ \(.+\), in .*\/hosts\/one\/releases\//),
    });
    expect(existsSync(join(other.root('one'), 'current'))).toBe(false);
    expect(await fleet.deploy(release)).toEqual([]);
    expect((await other.on(readStatus)).hosts[0]!.problem).toBe('nothing is deployed there');
  });

  it('notices it before the switch when it came after preflight', async () => {
    await create();
    const release = await fleet.build('well');
    await fleet.on((context) => openDeployment(context, openingOf(release)));
    const port = fleet.settings.hosts['one']!.port!;
    await using _listener = await listenAt(port, '0.0.0.0');
    await expect(fleet.on((context) => deployRelease(context, release, schema))).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`port ${port} is taken by process ${process.pid} `)),
    });
    expect(existsSync(join(fleet.root('one'), 'current'))).toBe(false);
  });

  it('does not take its answers for those of a service that listens nowhere', async () => {
    await create({ health: { namesRelease: false, path: '/' } });
    const port = fleet.settings.hosts['one']!.port!;
    const release = await fleet.build('works');
    fleet.settings.health.roles = ['web'];
    await using _listener = await listenAt(port, '127.0.0.1');
    await fleet.deploy(release);
    fleet.settings.health.roles = [];
    expect((await fleet.on(readStatus)).hosts[0]!.problem).toMatch(
      new RegExp(`port ${port} is taken by process ${process.pid} `),
    );
    await expect(fleet.deploy(release)).rejects.toMatchObject({ code: 'HOSTS_NOT_READY' });
  });
});

describe('a health command', () => {
  it('is run in the release that it asks about, also beside the live one, and gets what its host is for', async () => {
    await create({
      addresses: () => ({ port: undefined, roles: ['web', 'worker'] }),
      settings: { strategy: 'blue-green', proxy: { switch: ':', drain: 0 } },
      health: {
        command: `[ "$(cat version)" = "$EXPECTED_VERSION" ] || [ "$OPS_ROLES" = 'web worker' ] && [ "\${PWD##*/}" = "$OPS_RELEASE" ] && grep -q "" version`,
      },
    });
    const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
    await fleet.deploy(first);
    await fleet.deploy(second);
    expect(await readlink(join(fleet.root('one'), 'current'))).toBe(`releases/${second.manifest.id}`);
  });

  it('is told with its exit code and its last words when it fails', async () => {
    await create({ health: { command: 'echo asking; echo "no queue" >&2; exit 4', deadline: 4000 } });
    await expect(fleet.deploy(await fleet.build('well'))).rejects.toMatchObject({
      message: expect.stringMatching(/the health command '.*' ended with 4: no queue$/),
    });
  });
});

describe('a host that is not asked', () => {
  const roles: Record<string, string[]> = { web: ['web'], worker: ['worker'] };
  const mixed = (staysUp: number): Promise<void> =>
    create({
      hosts: ['web', 'worker'],
      addresses: (name) => ({ roles: roles[name]! }),
      health: { roles: ['web'], staysUp },
      settings: { smoke: ['/broken'] },
    });

  it('is deployed when its service stays up, without a port', async () => {
    await mixed(300);
    fleet.settings.smoke = ['/'];
    fleet.settings.service.run = [
      'sh',
      '-c',
      'case $OPS_ROLES in worker) exec sleep 1000 ;; esac; exec "$0" main.mjs',
      process.execPath,
    ];
    const release = await fleet.build('well');
    expect(await fleet.deploy(release)).toEqual(['web', 'worker']);
    expect(await fleet.deploy(release)).toEqual([]);
    expect((await fleet.on(readStatus)).hosts.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  });

  it('goes back when its service ends', async () => {
    // longer than a busy machine takes for what it does before it ends
    await mixed(20_000);
    fleet.settings.service.run = [
      'sh',
      '-c',
      'case $OPS_ROLES in worker) sleep 0.1; exit 7 ;; esac; exec "$0" main.mjs',
      process.execPath,
    ];
    await expect(fleet.deploy(await fleet.build('well'))).rejects.toMatchObject({
      message: expect.stringMatching(/^worker: .* ended with 7/),
    });
  });
});

function listenAt(port: number, host: string): Promise<AsyncDisposable> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    server.once('error', reject);
    server.listen(port, host, () =>
      resolve({ [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())) }),
    );
  });
}
