import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { word } from '@opsgraph/hosts';
import { connectHost, localHost, parseAddress, remoteCommand, type SshWay } from '@opsgraph/hosts/testing';
import { run } from '@opsgraph/shell';
import { hostileStrings } from '@opsgraph/shell/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { isDemanded, type SshServers, sshd, startSshServers } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from './temporary.ts';

/** `pnpm --filter @opsgraph/releases run test:hostile` takes 10,000. */
const count = Number(process.env['OPS_HOSTILE'] ?? 1000);
const shells = ['bash', 'dash', 'busybox sh'];
const ssh = { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: homedir(), SHELL: '/bin/sh' }, timeout: 60_000 };

describe.skipIf(sshd === undefined && !isDemanded)(`${count} hostile strings (needs openssh-server)`, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let servers: SshServers;
  let canary: string;
  let strings: string[];

  beforeAll(async () => {
    directory = await temporaryDirectory();
    servers = await startSshServers(join(directory.path, 'ssh'), await freePorts(shells.length), shells);
    canary = join(directory.path, 'executed');
    strings = hostileStrings(count, canary);
  });
  afterAll(async () => {
    await servers[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  it('would be seen if one was executed', async () => {
    await run(['sh', '-c', `: "$(touch ${canary})"`]);
    expect(existsSync(canary)).toBe(true);
    await rm(canary);
  });

  it.each(shells)(
    'reach a program behind a login shell %s byte by byte, as arguments of its command line',
    async (shell) => {
      const way = wayTo(shell, 'words');
      await using _host = await connected(shell, way);
      const got: string[] = [];
      for (const portion of portions(strings, 60_000)) {
        const { stdout } = await run(remoteCommand(way, ['/usr/bin/printf', '%s\\0', ...portion]), ssh);
        got.push(...stdout.split('\0').slice(0, -1));
      }
      expect(got).toEqual(strings);
      expect(existsSync(canary)).toBe(false);
    },
  );

  it.each(shells)(
    'reach a service behind a login shell %s byte by byte, as paths and values of variables',
    async (shell) => {
      await using host = await connected(shell, wayTo(shell, 'values'));
      expect(await valuesOn(host)).toEqual(strings);
      expect(existsSync(canary)).toBe(false);
    },
  );

  it('reach a service on this machine likewise', async () => {
    const place = { name: 'here', root: directory.path, ports: [], timeout: 60_000, signal: undefined };
    expect(await valuesOn(localHost(place))).toEqual(strings);
    expect(existsSync(canary)).toBe(false);
  });

  /** Set as a script sets the root of releases and the environment of a service; read by another program. */
  async function valuesOn(host: Awaited<ReturnType<typeof connectHost>>): Promise<string[]> {
    const got: string[] = [];
    for (const portion of portions(strings, 60_000)) {
      const script = [
        ...portion.map((text, index) => `V${index}=${word(text)}; export V${index}`),
        `/usr/bin/env -0 | grep -z '^V[0-9]' | od -An -v -tx1 | tr -d ' \\n'`,
      ];
      const [[hex = ''] = []] = await host.run(script.join('\n'));
      const found = Buffer.from(hex, 'hex').toString().split('\0').slice(0, -1);
      const values = new Map(
        found.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      got.push(...portion.map((_, index) => values.get(`V${index}`) ?? 'missing'));
    }
    return got;
  }

  function wayTo(shell: string, name: string): SshWay {
    const { knownHosts, identity } = servers;
    const address = parseAddress(servers.servers[shells.indexOf(shell)]!.address);
    return {
      address,
      jump: undefined,
      knownHosts,
      identity,
      controlPath: join(directory.path, `${name}-${shells.indexOf(shell)}`),
    };
  }

  async function connected(shell: string, way: SshWay) {
    const place = { name: shell, written: shell, way, root: directory.path, ports: [], signal: undefined, ...ssh };
    const host = await connectHost(place);
    return Object.assign(host, { [Symbol.asyncDispose]: () => host.close() });
  }
});

/** So many that they fit on a command line of 128 KiB when they are quoted. */
function portions(strings: readonly string[], bytes: number): string[][] {
  const all: string[][] = [[]];
  let length = 0;
  for (const text of strings) {
    length += Buffer.byteLength(text) + 4;
    if (length > bytes) {
      all.push([]);
      length = Buffer.byteLength(text) + 4;
    }
    all.at(-1)!.push(text);
  }
  return all;
}
