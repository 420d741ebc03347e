import { OpsError } from './ops-error.ts';

const exits = { SIGHUP: 'hangup', SIGINT: 'interrupted', SIGTERM: 'terminated' } as const;

export type StopSignal = keyof typeof exits;

/** The reason of an aborted task: a signal, or (as SIGHUP) a caller that is gone. */
export class Interrupted extends OpsError {
  readonly signal: StopSignal;

  constructor(signal: StopSignal, message = `interrupted by ${signal}`) {
    super({
      code: 'INTERRUPTED',
      exit: exits[signal],
      message,
      hint: 'run the same command again: it goes on from a clean state',
    });
    this.signal = signal;
  }
}
