import type { Bench, Table, Target } from './src/bench.ts';
import { size } from './src/deploy/application.ts';
import { startFleet } from './src/deploy/fleet.ts';
import { opsgraph, ours } from './src/deploy/ours.ts';
import { ansible, ansibleCore, ansibleVersion, raw, rawSsh } from './src/deploy/peers.ts';
import type { Deployer, Kind } from './src/deploy/rollout.ts';
import { type Contender, compare } from './src/measure.ts';
import { atMostTimes } from './src/targets.ts';

const hosts = 20;
const rounds = 5;

export const deploy: Bench = {
  name: 'deploy',
  title: `Deploying to ${hosts} hosts`,
  about: [
    `${hosts} sshd of their own on loopback; each contender has a directory and a port of its own on each. The application is a small HTTP service with ${size}. Everybody uploads to four hosts at a time and restarts on four at a time, checks every file by its hash, changes a link by rename, restarts the service, and waits on the host for two good answers of the new version.`,
    'Ours are the steps preflight, rollout, verify and deploy, each the process that it is in the graph: with lease, journal in the database, checks of the hosts before the first upload, fencing, smoke checks and the way back. “Raw parallel ssh” is `xargs -P 4` over a script with two ssh for each host, one for the upload (with hard links of the former release, and then only the changed files) and one for the commands (packages/workshop/bench/peers/deploy). It has no lock, no record and no way back, and asks nothing before it begins. ansible-core has the same commands in a playbook: four forks, pipelining, kept connections.',
    'All are on two cores here, with the hosts: what is counted is work, not the waiting for a network.',
  ].join('\n\n'),
  async run(bench) {
    await using fleet = await startFleet(bench.directory, hosts);
    const own = await opsgraph(bench.directory, fleet, await bench.createDatabase());
    const byHand = await rawSsh(bench.directory, fleet);
    const playbook = await ansibleCore(bench.directory, fleet);
    const deployers = [own, byHand, ...(playbook === undefined ? [] : [playbook])];
    const versions = new Map(deployers.map(({ name }) => [name, 0]));
    const tables: Table[] = [];
    const targets: Target[] = [];
    for (const [kind, title, limit] of [
      ['first', 'the first rollout', 1.5],
      ['update', 'an update', 1.5],
      ['nothing', 'nothing to do', 2],
    ] as const) {
      bench.say(title);
      const timings = await compare(
        deployers.map((deployer) => contender(deployer, kind, versions)),
        rounds,
        // a round to warm up would be as long as one that counts
        true,
      );
      tables.push({ title, reference: raw, timings });
      targets.push(atMostTimes(timings, title, ours, limit, raw));
    }
    return {
      tables,
      targets,
      notes: [playbook === undefined ? `${ansible} is not installed here.` : `${ansible} ${await ansibleVersion()}.`],
    };
  },
};

function contender(deployer: Deployer, kind: Kind, versions: Map<string, number>): Contender {
  const { name } = deployer;
  return {
    name,
    async prepare() {
      if (kind !== 'nothing') versions.set(name, versions.get(name)! + 1);
      await deployer.prepare(kind, versions.get(name)!);
    },
    run: () => deployer.run(kind),
    verify: () => deployer.verify(versions.get(name)!),
  };
}
