import { execFile, execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { whenGone } from './when-gone.ts';

/** A network of its own with one cable to this machine: as much of another machine as can be had here. */
export interface Namespace extends AsyncDisposable {
  name: string;
  /** Where it is reached from here. */
  address: string;
  /** Every process in it. */
  processes(): number[];
  unplug(): Promise<void>;
  plug(): Promise<void>;
}

/** Whether this machine lets us make them: root, and no container that forbids it. */
export const mayMakeNamespaces = ((): boolean => {
  try {
    execFileSync('unshare', ['--net', 'ip', 'link', 'add', 'ops-a', 'type', 'veth', 'peer', 'name', 'ops-b'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
})();

/** With all that runs in it. */
const takeAway = `
PATH=$PATH:/usr/sbin:/sbin
for pid in $(ip netns pids "$1"); do kill -KILL "$pid" 2>/dev/null; done
ip netns del "$1"
`;

export async function makeNamespace(): Promise<Namespace> {
  // 198.18.0.0/15 is set aside for measuring; two addresses of it for each cable
  const number = randomInt(2 ** 15 - 1);
  const prefix = `198.${18 + (number >> 14)}.${(number >> 6) & 255}`;
  const here = `${prefix}.${((number & 63) << 2) + 1}`;
  const address = `${prefix}.${((number & 63) << 2) + 2}`;
  const name = `ops-${number}`;
  const [near, far] = [`opsn${number}`, `opsf${number}`];
  const taken = whenGone(takeAway, [name]);
  await ip('netns', 'add', name);
  await ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
  await ip('addr', 'add', `${here}/30`, 'dev', near);
  await ip('link', 'set', near, 'up');
  await ip('-n', name, 'addr', 'add', `${address}/30`, 'dev', far);
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  await ip('-n', name, 'link', 'set', far, 'up');
  const processes = (): number[] =>
    execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean).map(Number);
  return {
    name,
    address,
    processes,
    unplug: () => ip('-n', name, 'link', 'set', far, 'down'),
    plug: () => ip('-n', name, 'link', 'set', far, 'up'),
    [Symbol.asyncDispose]: () => taken.end(),
  };
}

async function ip(...args: string[]): Promise<void> {
  await promisify(execFile)('ip', args, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
}
