import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { whenGone } from '@opsgraph/testing/when-gone';

/** With the services of releases in it, by the mark in their environment, servers with their configuration in it, and mounts. */
const takeAway = `
marked() { grep -lF "$2" /proc/[0-9]*/"$1" 2>/dev/null | cut -d / -f 3; }
for again in 1 2; do
  for pid in $(marked environ "OPS_SERVICE=$1/"); do kill -KILL "$pid" 2>/dev/null; done
done
for pid in $(marked cmdline "$1/"); do grep -q ^sshd "/proc/$pid/comm" 2>/dev/null && kill -KILL "$pid"; done
awk -v under="$1/" 'index($2, under) == 1 { print $2 }' /proc/mounts | while read -r at; do umount -l "$at"; done
tries=0
while ! rm -rf "$1" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
`;

/** A directory that goes away with its scope (`await using`), also when the test is killed. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { path: string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'opsgraph-releases-')));
  const taken = whenGone(takeAway, [path]);
  return { path, [Symbol.asyncDispose]: () => taken.end() };
}

export async function writeFiles(root: string, files: Record<string, string>, mode = 0o644): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content, { mode });
  }
}
