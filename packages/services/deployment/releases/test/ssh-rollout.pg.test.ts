import { until } from '@opsgraph/testing';
import { isDemanded, sshd } from '@opsgraph/testing/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSshFleet, type SshFleet } from './ssh-fleet.ts';

const names = ['bash-1', 'dash-1', 'busybox-1', 'bash-2'];
const shells = ['bash', 'dash', 'busybox sh', 'bash'];

describe.skipIf(sshd === undefined && !isDemanded)('a rollout over real ssh (needs openssh-server)', () => {
  let fleet: SshFleet;
  beforeAll(async () => {
    fleet = await createSshFleet({
      hosts: names,
      shells,
      settings: { rollout: { canary: 1, batch: 3, maxUnavailable: 3, stopAfter: 1 } },
    });
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  it('deploys to four hosts with three login shells, finds nothing to do, and sends only what changed', async () => {
    const [first, second] = [await fleet.build('well', '1'), await fleet.build('well', '2')];
    expect((await fleet.deploy(first)).sort()).toEqual([...names].sort());
    expect(await fleet.deploy(first)).toEqual([]);
    fleet.said.length = 0;
    await fleet.deploy(second);
    expect(fleet.said.filter((line) => line.includes('(1 of 15 files uploaded)'))).toHaveLength(4);
    for (const name of names) expect(await fleet.ask(name)).toMatchObject({ version: '2' });
  }, 240_000);

  it('takes back only its own hosts when a later one fails, and says which', async () => {
    const before = await Promise.all(names.map((name) => fleet.ask(name)));
    const bad = await fleet.build('well', 'blocked');
    const failing = {
      ...fleet.settings,
      health: {
        ...fleet.settings.health,
        deadline: 8000,
        command: `case $PWD in *busybox-1*) test $OPS_RELEASE != ${bad.manifest.id};; esac`,
      },
    };
    await expect(fleet.deploy(bad, { settings: failing })).rejects.toMatchObject({
      code: 'ROLLOUT_FAILED',
      exitCode: 1,
      message: expect.stringContaining('busybox-1'),
    });
    // the command says nothing of when what they went back to listens
    const answers = () => Promise.all(names.map((name) => fleet.ask(name).catch(() => undefined)));
    await until(async () => !(await answers()).includes(undefined));
    expect(await answers()).toEqual(before);
  }, 240_000);

  it('waits for a health check that takes its time', async () => {
    const slow = await fleet.build('slow');
    await fleet.deploy(slow);
    expect(await fleet.ask('bash-1')).toMatchObject({ release: slow.manifest.id });
  }, 120_000);

  it('goes back when the health check hangs, or the old release answers it', async () => {
    await fleet.deploy(await fleet.build('well', '3'));
    const { release } = await fleet.ask('bash-1');
    const impatient = { ...fleet.settings, health: { ...fleet.settings.health, timeout: 1500 } };
    for (const [behaviour, says] of [
      ['hangs', 'no answer within 1500 ms'],
      ['lies', 'answers as release of yesterday'],
    ] as const) {
      const deployed = fleet.deploy(await fleet.build(behaviour), { settings: impatient });
      await expect(deployed, behaviour).rejects.toMatchObject({
        code: 'ROLLOUT_FAILED',
        exitCode: 1,
        message: expect.stringContaining(says),
        problems: expect.arrayContaining([expect.stringContaining(`bash-1 has ${release} again`)]),
      });
      expect(await fleet.ask('bash-1')).toMatchObject({ release });
    }
  }, 120_000);
});
