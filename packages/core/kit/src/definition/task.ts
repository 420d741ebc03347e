import type { OptionSpecs, OptionValues } from '@opsgraph/command-line';
import type { Environment, LoadedEnvironment } from '@opsgraph/config';
import type { Chapter, Effect } from '@opsgraph/ledger';
import type { Secret } from '@opsgraph/secrets';
import type { Talk } from '../talk/talk.ts';
import type { Target } from '../target/target.ts';
import type { Graph } from './graph.ts';
import type { Guard } from './guard.ts';
import type { SecretPorts } from './secret-ports.ts';

/**
 * What must stand before `run` is called:
 * nothing; a valid configuration; or a reachable database that says it is the
 * configured environment, with (for write and destroy) the domain's lock held
 * and the intent recorded in its ledger.
 */
export type Needs = 'nothing' | 'config' | 'database';

export interface Example {
  command: string;
  /** What it does, as the end of a sentence that begins with the command. */
  says: string;
}

/** A task as data: help, README, contract test and guard are made from it. */
export interface TaskDefinition<Options extends OptionSpecs = OptionSpecs, Need extends Needs = Needs> {
  /** `domain:task`; the task is also the script's name in the domain's package.json. */
  name: `${string}:${string}`;
  /** One line, without a full stop. */
  summary: string;
  /** Paragraphs for the help, below the summary. */
  description?: string;
  effect: Effect;
  /** What must hold before it may act. */
  guard?: Guard<Options, Need>;
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
  /** It needs nothing to begin, but reads the configuration of the environment, broken or not (doctor, explain). */
  readsConfig?: Need extends 'nothing' ? true : never;
  options: Options;
  examples: readonly [Example, ...Example[]];
  run(context: TaskContext<Options, Need>): Promise<TaskReport>;
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
  config?: Environment;
}

interface ConfigContext {
  config: Environment;
  /** Milliseconds: --lock-wait, else the configuration's. */
  lockWait: number;
  /** Guard, lock and record as for `needs: 'database'`, for a task that must first see that the target exists. */
  onTarget(work: (target: Target) => Promise<TaskReport>, options?: OnTargetOptions): Promise<TaskReport>;
}

type DatabaseContext = Omit<ConfigContext, 'onTarget'> & Target;

export type TaskContext<Options extends OptionSpecs = OptionSpecs, Need extends Needs = Needs> = BaseContext<Options> &
  (Need extends 'database' ? DatabaseContext : Need extends 'config' ? ConfigContext : unknown);

/** One thing that was changed, or in a dry run would be. */
export interface Change {
  /** A verb: create, apply, insert, update, delete, start. */
  action: string;
  /** What: a table, a migration, a file. */
  object: string;
  /** How many of it; 1 unless told. */
  count?: number;
}

export interface TaskReport {
  /** One line for people, true when it is printed. */
  summary: string;
  /** Empty: everything was as wanted, the outcome is ok. Otherwise changed. */
  changes: readonly Change[];
  /** Further lines for people on stdout (a table, the SQL of a dry run). */
  lines?: readonly string[];
  /** The same for machines: `result` of the --json document. */
  data?: unknown;
  /**
   * A new secret that exists nowhere else: printed once, on stdout alone, never
   * logged or recorded. In the --json document it is `reveal.value`.
   */
  reveal?: { label: string; secret: Secret };
  /** A check that found something: the outcome is findings and the exit code 1, though nothing broke. */
  findings?: boolean;
}

/** Gives a definition its types; adds nothing. */
export function defineTask<const Options extends OptionSpecs, const Need extends Needs>(
  definition: TaskDefinition<Options, Need>,
): TaskDefinition<Options, Need> {
  return definition;
}
