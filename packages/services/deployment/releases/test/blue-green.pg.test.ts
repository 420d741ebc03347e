import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { isDemanded } from '@opsgraph/testing/ssh';
import { afterEach, expect, it } from 'vitest';
import { rollbackRelease } from '../src/index.ts';
import { createFleet, type Fleet, schema } from './fleet.ts';
import { startLoad } from './load.ts';

const examples = join(import.meta.dirname, '../../../../../docs/examples/proxy');
const has = (program: string): boolean =>
  ['/usr/sbin', '/usr/bin', '/usr/local/sbin'].some((at) => existsSync(join(at, program)));
/** A fifth of what the issue asks, so that the suite stays short; OPS_SWITCHES=20 is the whole. */
const switches = Number(process.env['OPS_SWITCHES'] ?? 4);
const isWhole = switches >= 20;

let fleet: Fleet;
let proxy: ChildProcess;
afterEach(async () => {
  proxy?.kill('SIGTERM');
  await fleet?.[Symbol.asyncDispose]();
});

it.skipIf(!(has('haproxy') && has('socat')) && !isDemanded)(
  'switches and goes back behind haproxy under load without one failed request',
  async () => {
    const [front, ...ports] = (await freePorts(3)) as [number, number, number];
    await create(
      ports,
      (path) => `OPS_PROXY_SOCKET=${path}/socket sh ${examples}/lead-to-haproxy.sh ${ports.join(' ')}`,
    );
    const config = (await readFile(join(examples, 'haproxy.cfg'), 'utf8'))
      .replaceAll('8080', String(ports[0]))
      .replaceAll('8081', String(ports[1]));
    await writeFile(join(fleet.path, 'haproxy.cfg'), config);
    const env = {
      PATH: '/usr/sbin:/usr/bin',
      OPS_PROXY_SOCKET: `${fleet.path}/socket`,
      OPS_PROXY_ADDRESS: `127.0.0.1:${front}`,
    };
    proxy = spawn('haproxy', ['-f', join(fleet.path, 'haproxy.cfg')], { env, stdio: 'ignore' });
    await isOpen(front);

    const { failed, sent, seconds, answers } = await underLoad(front, false);
    expect(failed).toEqual([]);
    // as many as a quiet machine sends; the suite's machine may be busy with other tests
    if (isWhole) expect(sent / seconds).toBeGreaterThan(200);
    expect([...answers.keys()].sort()).toEqual(['1', '2']);
  },
  240_000,
);

it.skipIf(!has('nginx') && !isDemanded)(
  'switches and goes back behind nginx under load of clients that send again what met a closed connection',
  async () => {
    const [front, ...ports] = (await freePorts(3)) as [number, number, number];
    await create(
      ports,
      (path) => `OPS_PROXY_DIRECTORY=${path}/nginx PATH=/usr/bin:/bin sh ${examples}/lead-to-nginx.sh`,
    );
    const directory = join(fleet.path, 'nginx');
    await mkdir(directory);
    await cp(join(examples, 'nginx.conf'), join(directory, 'nginx.conf'));
    const config = await readFile(join(directory, 'nginx.conf'), 'utf8');
    await writeFile(join(directory, 'nginx.conf'), `user root;\n${config.replace('8000', String(front))}`);
    await writeFile(join(directory, 'upstream.conf'), `server 127.0.0.1:${ports[0]};\n`);
    proxy = spawn('/usr/sbin/nginx', ['-p', directory, '-c', 'nginx.conf', '-g', 'daemon off;'], { stdio: 'ignore' });
    await isOpen(front);
    const { failed, answers } = await underLoad(front, true);
    expect(failed).toEqual([]);
    expect([...answers.keys()].sort()).toEqual(['1', '2']);
  },
  240_000,
);

it('leaves the old release as it was when the new one beside it fails its gate', async () => {
  const ports = await freePorts(2);
  await create(ports, () => 'true');
  const good = await fleet.build('well', '1');
  await fleet.deploy(good);
  const pid = async (): Promise<string> =>
    readFile(join(fleet.root('one'), '.ops/service', String(ports[0]), 'pid'), 'utf8');
  const before = await pid();
  fleet.settings.health.deadline = 2500;
  await expect(fleet.deploy(await fleet.build('ill', '2'))).rejects.toMatchObject({ code: 'ROLLOUT_FAILED' });
  expect(await pid()).toBe(before);
  expect(existsSync(join(fleet.root('one'), '.ops/service', String(ports[1])))).toBe(false);
});

async function create(ports: readonly number[], command: (path: string) => string): Promise<void> {
  fleet = await createFleet({
    hosts: ['one'],
    addresses: () => ({ port: undefined }),
  });
  const { service } = fleet.settings;
  Object.assign(fleet.settings, {
    strategy: 'blue-green',
    service: { ...service, ports },
    proxy: { switch: command(fleet.path), drain: 300 },
  });
}

/** Deploys and goes back, again and again, while clients ask. */
async function underLoad(port: number, retries: boolean) {
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  const load = startLoad(port, { clients: 10, rate: 25, retries });
  for (let done = 0; done < switches; done += 2) {
    await fleet.deploy(second);
    await fleet.on((context) => rollbackRelease(context, first.manifest.id, schema));
  }
  return load.end();
}

async function isOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nothing listens on port ${port}`);
}
