import type { OptionSpecs } from '@opsgraph/command-line';
import type { Surroundings } from './surroundings.ts';

export interface Given {
  /** The words that are no options. */
  words: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  /** Options of tasks, as far as they were given. */
  taskOptions: readonly { name: string; value: string; takers: readonly { task: string; variable: string }[] }[];
}

/** Options of tasks that reach them through a variable: words after `--` would reach only the named ones. */
export interface TaskOptions {
  specs: OptionSpecs;
  /** Which tasks take an option, and by which variable. */
  takers: ReadonlyMap<string, readonly { task: string; variable: string }[]>;
}

/** A command as data: the help and the parser read it. */
export interface Command {
  name: string;
  summary: string;
  /** What follows the name in the usage line. */
  usage: string;
  description: string;
  options: OptionSpecs;
  /** Read only when an option was given that is none of its own. */
  taskOptions?(surroundings: Surroundings): Promise<TaskOptions>;
  examples: readonly { command: string; says: string }[];
  /** @returns the exit code */
  run(given: Given, surroundings: Surroundings): Promise<number>;
}
