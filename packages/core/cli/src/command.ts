import type { OptionSpecs } from '@opsgraph/command-line';
import type { Surroundings } from './surroundings.ts';

export interface Given {
  /** The words that are no options. */
  words: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  list(name: string): readonly string[];
}

/** A command as data: the help and the parser read it. */
export interface Command {
  name: string;
  summary: string;
  /** What follows the name in the usage line. */
  usage: string;
  description: string;
  options: OptionSpecs;
  examples: readonly { command: string; says: string }[];
  /** @returns the exit code */
  run(given: Given, surroundings: Surroundings): Promise<number>;
}
