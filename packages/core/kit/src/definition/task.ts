import type { OptionSpecs, OptionValues } from '@opsgraph/command-line';
import type { Configuration, LoadedEnvironment, Section } from '@opsgraph/config';
import type { Chapter, Effect } from '@opsgraph/ledger';
import type { Talk, TaskReport } from '@opsgraph/report';
import type { Target } from '../target/target.ts';
import type { Graph } from './graph.ts';
import type { Guard } from './guard.ts';
import type { Needs } from './needs.ts';
import type { SecretPorts } from './secret-ports.ts';

export interface Example {
  command: string;
  /** What it does, as the end of a sentence that begins with the command. */
  says: string;
}

/** A task as data: help, README, contract test and guard are made from it. */
export interface TaskDefinition<
  Options extends OptionSpecs = OptionSpecs,
  Need extends Needs = Needs,
  Sections extends Section = Section,
> {
  /** `domain:task`; the task is also the script's name in the domain's package.json. */
  name: `${string}:${string}`;
  /** One line, without a full stop. */
  summary: string;
  /** Paragraphs for the help, below the summary. */
  description?: string;
  effect: Effect;
  /** What must hold before it may act. */
  guard?: Guard<Options, Need, Sections>;
  /** What it comes after, what it works on, and for which environments it has a script. */
  graph?: Graph;
  /**
   * Milliseconds from the signal to stop until what has not ended is abandoned;
   * default 7000. turbo kills its tasks 10 s after a signal; one that says more
   * than the default runs out of its reach.
   */
  stopWithin?: number;
  needs: Need;
  /** The tables of the ledger that its services read or write: the guard asks only for those. */
  chapters?: readonly Chapter[];
  /** The sections of the configuration that it reads; what is wrong in others is a warning. */
  sections?: Need extends 'nothing' ? never : readonly Sections[];
  /** It needs nothing to begin, but reads the configuration of the environment, broken or not (doctor, explain). */
  readsConfig?: Need extends 'nothing' ? true : never;
  options: Options;
  examples: readonly [Example, ...Example[]];
  run(context: TaskContext<Options, Need, Sections>): Promise<TaskReport>;
}

interface BaseContext<Options extends OptionSpecs> {
  options: OptionValues<Options>;
  /** Show what would change and change nothing. */
  dryRun: boolean;
  /** Absolute path of the project; relative paths of options are resolved already, from the caller's directory. */
  projectRoot: string;
  /** `.ops`: local PostgreSQL, logs, audit. */
  stateDirectory: string;
  environmentName: string;
  /** Aborts when the task must stop; its reason is an OpsError. */
  signal: AbortSignal;
  talk: Talk;
  /** How a secret gets in and out without argv and logs. */
  secrets: SecretPorts;
  run: { id: string; actor: string; host: string };
  /** For tasks with `readsConfig`; those that need more have `config`. */
  loadConfig(): Promise<LoadedEnvironment>;
}

export interface OnTargetOptions {
  /** When the task has changed what the configuration reads. */
  config?: Configuration;
}

interface ConfigContext<Sections extends Section> {
  config: Configuration<Sections>;
  /** Milliseconds: --lock-wait, else the configuration's. */
  lockWait: number;
  /** Guard, lock and record as for `needs: 'database'`, for a task that must first see that the target exists. */
  onTarget(work: (target: Target) => Promise<TaskReport>, options?: OnTargetOptions): Promise<TaskReport>;
}

type DatabaseContext<Sections extends Section> = Omit<ConfigContext<Sections>, 'onTarget'> & Target;

export type TaskContext<
  Options extends OptionSpecs = OptionSpecs,
  Need extends Needs = Needs,
  Sections extends Section = never,
> = BaseContext<Options> &
  (Need extends 'database' ? DatabaseContext<Sections> : Need extends 'config' ? ConfigContext<Sections> : unknown);

/** Gives a definition its types; adds nothing. */
export function defineTask<
  const Options extends OptionSpecs,
  const Need extends Needs,
  const Sections extends Section = never,
>(definition: TaskDefinition<Options, Need, Sections>): TaskDefinition<Options, Need, Sections> {
  return definition;
}
