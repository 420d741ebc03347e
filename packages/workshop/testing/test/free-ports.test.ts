import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followProcess } from '../src/follow-process.ts';
import { firstGivenAway, freePorts } from '../src/free-ports.ts';

const count = 300;

it('gives no port twice, not to another process either, and none that the system gives to connections', async () => {
  const other = followProcess(spawn(process.execPath, ['--input-type=module', '-e', another], { stdio: 'pipe' }));
  await other.shows('\n');
  const ours = [...(await freePorts(count)), ...(await freePorts(count))];
  other.child.stdin!.end();
  const theirs = (await other.ended).stdout.trim().split(' ').map(Number);
  expect(theirs).toHaveLength(count);
  expect(new Set([...ours, ...theirs]).size).toBe(3 * count);
  // where the system keeps nearly all for itself there is no choice
  if (firstGivenAway > 20_000) expect(Math.max(...ours)).toBeLessThan(firstGivenAway);
});

it('gives ports at which one can listen', async () => {
  for (const port of await freePorts(20)) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    server.close();
  }
});

/** Asks, and keeps what it got until its input ends. */
const another = `
const { freePorts } = await import(${JSON.stringify(join(import.meta.dirname, '../src/free-ports.ts'))});
console.log((await freePorts(${count})).join(' '));
process.stdin.resume().on('end', () => process.exit());
`;
