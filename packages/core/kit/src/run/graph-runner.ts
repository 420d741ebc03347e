// For the program that starts tasks (packages/core/cli): what it shows and watches as a task does.
// Apart from index.ts, so that `--help` of a task does not load it.

export { missingConfirmation, type PlannedAct } from '../guard/required-confirmation.ts';
export { identifyRun, type RunIdentity } from '../record/run-identity.ts';
export { type Stop, watchForStop } from './stop-signals.ts';
