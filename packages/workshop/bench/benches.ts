import { accounts } from './accounts.ts';
import { backfill } from './backfill.ts';
import { deploy } from './deploy.ts';
import { graph } from './graph.ts';
import { migrate } from './migrate.ts';
import { seed } from './seed.ts';
import { seedUndo } from './seed-undo.ts';
import type { Bench } from './src/bench.ts';
import { startUp } from './start-up.ts';

/** In the order of the report. A new bench is one more line here. */
export const benches: readonly Bench[] = [migrate, seed, seedUndo, startUp, graph, deploy, accounts, backfill];
