import { OpsError, type OpsErrorFields } from './ops-error.ts';

const exits = { SIGHUP: 'hangup', SIGINT: 'interrupted', SIGTERM: 'terminated' } as const;

export type StopSignal = keyof typeof exits;

/** The reason of an aborted task: a signal, or (as SIGHUP) a caller that is gone. */
export class Interrupted extends OpsError {
  readonly signal: StopSignal;

  /** @param details what is half done, and the ways on, where running it again is not all there is to say */
  constructor(
    signal: StopSignal,
    message = `interrupted by ${signal}`,
    details: Pick<OpsErrorFields, 'hint' | 'problems' | 'cause'> = {},
  ) {
    super({
      code: 'INTERRUPTED',
      exit: exits[signal],
      message,
      hint: 'run the same command again; it resumes from a clean state',
      ...details,
    });
    this.signal = signal;
  }
}
