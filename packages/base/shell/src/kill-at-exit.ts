import { type Family, killGroup } from './processes.ts';

const running = new Set<number>();

/** When this process exits before the command has ended, the command goes with it. Returns the release. */
export function killAtExit({ group }: Family): () => void {
  if (running.size === 0) process.on('exit', killAll);
  running.add(group);
  return () => {
    running.delete(group);
    if (running.size === 0) process.off('exit', killAll);
  };
}

function killAll(): void {
  for (const group of running) killGroup(group);
}
