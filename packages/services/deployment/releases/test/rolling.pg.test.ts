import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@opsgraph/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

const hosts = ['one', 'two', 'three', 'four'];
let fleet: Fleet;
beforeAll(async () => {
  fleet = await createFleet({ hosts });
});
afterAll(() => fleet[Symbol.asyncDispose]());

/** The version each host answers with; undefined: it is out of service. */
const answers = (): Promise<(string | undefined)[]> =>
  Promise.all(
    hosts.map((host) =>
      fleet.ask(host).then(
        ({ version }) => version,
        () => undefined,
      ),
    ),
  );

it('sends the canary alone, and never has more hosts out of service than it may', async () => {
  fleet.settings.rollout = { canary: 1, batch: 3, maxUnavailable: 2, stopAfter: 1 };
  await fleet.deploy(await fleet.build('well', '1'));
  const second = await fleet.build('well', '2');
  const seen: (string | undefined)[][] = [];
  const deployed = fleet.deploy(second);
  let isOver = false;
  void deployed.finally(() => (isOver = true)).catch(() => {});
  for (; !isOver; await sleep(5)) seen.push(await answers());
  await deployed;
  const out = seen.map((versions) => versions.filter((version) => version === undefined).length);
  expect(Math.max(...out)).toBe(2);
  const early = seen.filter(([canary]) => canary !== '2').map(([, ...others]) => others);
  expect(early).not.toEqual([]);
  for (const others of early) expect(others).toEqual(['1', '1', '1']);
  expect(await answers()).toEqual(['2', '2', '2', '2']);
});

it('begins no further batch after so many failures, and takes back only what it has begun', async () => {
  const good = await fleet.build('well', 'good');
  await fleet.deploy(good);
  const bad = await fleet.build('well', 'bad');
  const fails = (names: string) => ({
    settings: {
      ...fleet.settings,
      rollout: { canary: 0, batch: 1, maxUnavailable: 1, stopAfter: 2 },
      health: {
        ...fleet.settings.health,
        // also what they go back to is asked within it
        deadline: 6000,
        command: `case $PWD in ${names}) test "$OPS_RELEASE" = ${good.manifest.id};; esac`,
      },
    },
  });
  const again = (names: readonly string[]) =>
    names.map((name) => `${name} has ${good.manifest.id} again, and is healthy`);

  await expect(fleet.deploy(bad, fails('*/two/*|*/three/*'))).rejects.toMatchObject({
    code: 'ROLLOUT_FAILED',
    exitCode: 1,
    message: '2 of 4 hosts failed',
    problems: expect.toSatisfy(
      (lines: string[]) =>
        lines.filter((line) => line.includes('again')).join() === again(['one', 'two', 'three']).join(),
      'only those three went back',
    ),
  });
  expect(await touched()).toEqual(['one', 'two', 'three']);
  await until(async () => (await answers()).every((version) => version === 'good'));

  // one failure is fewer than two: all are tried, and all go back
  await expect(fleet.deploy(bad, fails('*/two/*'))).rejects.toMatchObject({
    code: 'ROLLOUT_FAILED',
    message: expect.stringContaining('two: release'),
    problems: expect.arrayContaining(again(hosts)),
  });
  await until(async () => (await answers()).every((version) => version === 'good'));
});

/** The hosts to which the last deployment did something, by its journal. */
async function touched(): Promise<string[]> {
  const rows = await fleet.database.session((session) =>
    session.query<{ host: string }>(
      `SELECT host FROM ops.deployment_step WHERE step = 'switch'
       AND deployment = (SELECT id FROM ops.deployment ORDER BY position DESC LIMIT 1) ORDER BY begun_at`,
    ),
  );
  return rows.map(({ host }) => host);
}
