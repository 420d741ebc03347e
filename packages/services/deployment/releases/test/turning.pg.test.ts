import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@opsgraph/testing';
import { freePorts } from '@opsgraph/testing/free-ports';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { awaitLease, type DeploymentContext, type Release, rollbackRelease } from '../src/index.ts';
import { startDeployment } from './deploy-process.ts';
import { createFleet, type Fleet, schema } from './fleet.ts';

// Requests are led over by a command that can end half way: it has led them, and nobody has recorded that.

let fleet: Fleet;
let ports: readonly number[];
beforeEach(async () => {
  ports = await freePorts(2);
  fleet = await createFleet({
    hosts: ['one'],
    addresses: () => ({ port: undefined }),
    settings: { leaseExpiry: 1000, strategy: 'blue-green' },
  });
  fleet.settings.service = { ...fleet.settings.service, ports };
  // renamed: between the two system calls of `>` there is no port in the file
  const lead = `printf %s "$OPS_PORT" >${proxy()}.new && mv ${proxy()}.new ${proxy()}`;
  fleet.settings.proxy = { switch: `${lead}; [ ! -e ${stuck()} ] || sleep 300`, drain: 300 };
});
afterEach(() => fleet[Symbol.asyncDispose]());

const proxy = (): string => join(fleet.path, 'proxy');
/** While it is there the command does not come to its end. */
const stuck = (): string => join(fleet.path, 'stuck');
const leadsTo = (): number => Number(readFileSync(proxy(), 'utf8'));
const asked = async (): Promise<{ version: string }> =>
  (await (await fetch(`http://127.0.0.1:${leadsTo()}/`)).json()) as { version: string };

it.each([
  ['the next deployment', async (_first: Release, third: Release) => void (await fleet.deploy(third)), '3'],
  ['a rollback', (first: Release) => fleet.on((context) => goBack(context, first)), '1'],
] as const)(
  'loses no request when %s comes after one that died while it led requests over',
  async (_, next, version) => {
    const releases = [await fleet.build('well', '1'), await fleet.build('well', '2'), await fleet.build('well', '3')];
    const [first, second, third] = releases as [Release, Release, Release];
    await fleet.deploy(first);
    const former = leadsTo();
    await writeFile(stuck(), '');
    const dying = startDeployment(fleet, second, 'dying');
    await until(() => leadsTo() !== former);
    dying.child.kill('SIGKILL');
    await dying.ended;
    await rm(stuck());
    expect(await asked()).toMatchObject({ version: '2' });
    await fleet.on(({ connection }) => awaitLease(connection, { wait: 45_000, onWaiting: () => {} }));

    const failed: unknown[] = [];
    let isOver = false;
    const asking = (async () => {
      for (; !isOver; await sleep(5)) await asked().catch((error: unknown) => failed.push(error));
    })();
    await next(first, third).finally(() => (isOver = true));
    await asking;
    expect(failed).toEqual([]);
    expect(await asked()).toMatchObject({ version });
    const other = ports.find((port) => port !== leadsTo());
    await expect(fetch(`http://127.0.0.1:${other}/`)).rejects.toThrow();
  },
);

it('leads requests back when the proxy does not take the new release', async () => {
  const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
  await fleet.deploy(first);
  const former = leadsTo();
  const { proxy: works } = fleet.settings;
  fleet.settings.proxy = { ...works!, switch: `${works!.switch}; [ $OPS_RELEASE != ${second.manifest.id} ]` };
  await expect(fleet.deploy(second)).rejects.toMatchObject({
    code: 'ROLLOUT_FAILED',
    exitCode: 1,
    message: expect.stringContaining('one: the proxy did not switch'),
    problems: expect.arrayContaining([`one has ${first.manifest.id} again, and is healthy`]),
  });
  expect(leadsTo()).toBe(former);
  expect(await asked()).toMatchObject({ version: '1' });
  expect(existsSync(join(fleet.root('one'), '.ops/turning'))).toBe(false);
});

const goBack = (context: DeploymentContext, { manifest: { id } }: Release): Promise<unknown> =>
  rollbackRelease(context, id, schema);
