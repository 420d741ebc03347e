import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for the end of its input, then ends the server whose home is $1 and
 * removes the home. The first line of postmaster.pid is the server's pid; the
 * server removes that file last (a pid alone may linger as a zombie).
 */
const script = `
cat >/dev/null
file="$1/data/postmaster.pid"
pid=$(head -n 1 "$file" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid" 2>/dev/null
  tries=0
  while [ -e "$file" ] && kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
fi
# An initdb that lost its starter may still be writing.
tries=0
while ! rm -rf "$1" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
`;

/**
 * A process beside the test run that takes the cluster away when the run
 * ends, also when it is killed: the pipe between them closes in every case.
 */
export function watchOver(home: string): { end(): Promise<void> } {
  const watch = spawn('sh', ['-c', script, 'sh', home], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = once(watch, 'exit');
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  return {
    async end() {
      watch.ref();
      watch.stdin.end();
      await gone;
    },
  };
}
