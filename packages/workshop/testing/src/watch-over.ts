import { whenGone } from './when-gone.ts';

/**
 * Ends the server whose home is $1 and removes the home. The first line of postmaster.pid is the server's pid; the
 * server removes that file last (a pid alone may linger as a zombie).
 */
const script = `
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

/** Takes the cluster away when the run ends, also when it is killed. */
export function watchOver(home: string): { end(): Promise<void> } {
  return whenGone(script, [home]);
}
