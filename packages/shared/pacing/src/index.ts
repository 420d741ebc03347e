export { rowsPerSecond, secondsLeft } from './batch/estimate.ts';
export { type Cost, fitCost, type Sample } from './batch/fit-cost.ts';
export { type Batches, runInBatches } from './batch/run-in-batches.ts';
export { bePolite } from './be-polite.ts';
export { type Clock, wallClock } from './clock.ts';
export { beginPace, firstBatchSize, type Network, type Pace, type PaceInput } from './pace.ts';
export { describeBlindness, readSight, type Sight } from './throttle/sight.ts';
export type { Limits } from './throttle/signals.ts';
