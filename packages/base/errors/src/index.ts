export { type ExitName, exitCodes, exitMeanings } from './exit-codes.ts';
export { explainSystemError } from './explain-system-error.ts';
export { Interrupted, type StopSignal } from './interrupted.ts';
export { OpsError, type OpsErrorFields } from './ops-error.ts';
export { placeInStack } from './place-in-stack.ts';
