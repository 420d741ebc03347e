import type { OptionSpecs, OptionValues } from '@opsgraph/command-line';
import type { Configuration, Section } from '@opsgraph/config';
import type { OwnLock } from '@opsgraph/ledger';
import type { Needs } from './needs.ts';

/** What an act that must be confirmed does to the environment: the words between its name and that of the environment. */
export type Consequence = 'takes something away from' | 'changes';

/** What must hold before a task may act. */
export interface Guard<Options extends OptionSpecs, Need extends Needs, Sections extends Section> {
  /** With these options it only looks (`backfill --status`): it is recorded as a read, takes no lock, and works on a standby. */
  isRead?(options: OptionValues<Options>): boolean;
  /**
   * The lock that a write holds and the name under which its runs are kept
   * together, when that is not the domain: for a task that may take hours and
   * must not keep the others of its domain waiting.
   */
  lock?(options: OptionValues<Options>): OwnLock;
  /**
   * What makes it severe with these options and this configuration; undefined:
   * nothing. A severe act outside local must name its environment, before
   * anything runs. Default: `destroy` takes something away, the others are not severe.
   */
  confirm?(
    options: OptionValues<Options>,
    config: Need extends 'nothing' ? undefined : Configuration<Sections>,
  ): Consequence | undefined;
  /** A further environment that the target may say it is: the one that this act makes it cease to be. */
  formerly?(options: OptionValues<Options>): string;
}
