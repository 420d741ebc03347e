import type { Progress, Talk } from '@opsgraph/kit';
import { count } from '@opsgraph/text';

/** Smaller ones are written before anybody could wonder. */
const worthALine = 20_000;

export interface FollowedSets {
  read(set: string, rows: number): void;
  write(set: string, rows: number): void;
  end(): void;
}

/** Shows which set is read, and how far, and which large one is written, which PostgreSQL does in one piece. */
export function followSets(talk: Pick<Talk, 'info' | 'progress'>): FollowedSets {
  let current: { set: string; progress: Progress } | undefined;
  const end = (): void => current?.progress.end();
  return {
    read(set, rows) {
      if (current?.set !== set) {
        end();
        current = { set, progress: talk.progress(`reading ${set}`, 'rows') };
      }
      current.progress.update(rows);
    },
    write(set, rows) {
      end();
      if (rows >= worthALine) talk.info(`writing ${count(rows, 'row')} of ${set}`);
    },
    end,
  };
}
