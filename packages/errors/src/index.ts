export { exitCodes, exitMeanings, type ExitName } from './exit-codes.ts';
export { OpsError, type OpsErrorFields } from './ops-error.ts';
export { Interrupted, type StopSignal } from './interrupted.ts';
