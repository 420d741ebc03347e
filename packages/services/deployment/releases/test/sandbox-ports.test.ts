import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePorts } from '@opsgraph/testing/free-ports';
import { expect, it } from 'vitest';
import { withSandboxPorts } from '../src/index.ts';
import type { DeploymentSettings } from '../src/settings.ts';
import { temporaryDirectory } from './temporary.ts';

it('takes the next free port for a sandbox whose own is taken, and stays there', async () => {
  await using directory = await temporaryDirectory();
  const [wanted] = await freePorts(1);
  const at = (port: number): object => ({ here: { ssh: undefined, root: join(directory.path, 'root'), port } });
  const settings = (port: number) => ({ hosts: at(port), service: { ports: [8080] } }) as unknown as DeploymentSettings;
  const portOf = async (port = wanted!): Promise<number> =>
    (await withSandboxPorts(settings(port), join(directory.path, 'state'))).hosts['here']!.port!;

  expect(await portOf()).toBe(wanted);
  const other = createServer().listen(wanted, '0.0.0.0');
  await new Promise((resolve) => other.once('listening', resolve));
  const found = await portOf();
  expect(found).toBeGreaterThan(wanted!);
  await new Promise((resolve) => other.close(resolve));
  // also when the first is free again, and when its own service has it
  expect(await portOf()).toBe(found);
  await mkdir(join(directory.path, `root/.ops/service/${found}`), { recursive: true });
  await writeFile(join(directory.path, `root/.ops/service/${found}/pid`), '1\n');
  const own = createServer().listen(found, '127.0.0.1');
  await new Promise((resolve) => own.once('listening', resolve));
  expect(await portOf()).toBe(found);
  await new Promise((resolve) => own.close(resolve));
  // the configuration decides again when it changes
  const [another] = await freePorts(1);
  expect(await portOf(another)).toBe(another);
});
