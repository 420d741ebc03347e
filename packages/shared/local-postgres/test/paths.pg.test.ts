import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@opsgraph/secrets';
import { expect, it, onTestFinished } from 'vitest';
import {
  createData,
  findBinaries,
  findServerUser,
  modestSettings,
  placesOf,
  prepareBinaries,
  prepareHome,
  sharedDirectory,
  startOnPort,
  stopServer,
} from '../src/index.ts';
import { logIn } from '../src/server/log-in.ts';

it('works in a directory with blanks, commas and quotes in its name', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'opsgraph-paths-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const user = await findServerUser();
  await prepareHome({ home: parent, user });
  const home = join(parent, "it's a, b; & c");
  await mkdir(home);
  await prepareHome({ home, user });
  const cluster = { home, user, binaries: await prepareBinaries(await findBinaries(), user, sharedDirectory) };
  await createData(cluster, { ...modestSettings, fsync: 'off' }, new Secret('password', 'a-long-password'));
  const port = await startOnPort(cluster, undefined);
  await expect(logIn(home, port, 5000)).resolves.toMatchObject({ version: expect.stringMatching(/^18/) });
  await stopServer(cluster, 'immediate');
  expect(placesOf(home).data).toContain("it's a, b; & c");
});
