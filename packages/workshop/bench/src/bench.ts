import type { TestDatabase } from '@opsgraph/testing';

/** One question answered with numbers: `pnpm bench NAME`. */
export interface Bench {
  name: string;
  title: string;
  /** What is measured and how, for a reader who doubts it. Markdown. */
  about: string;
  run(bench: BenchContext): Promise<Measured>;
}

export interface BenchContext {
  /** A temporary directory of this bench, removed afterwards. */
  directory: string;
  /** A new database on the bench's own durable PostgreSQL; dropped with it. */
  createDatabase(): Promise<TestDatabase>;
  /** Where the peers are installed (node_modules) together with the scripts of ./peers. */
  peers(): Promise<string>;
  /** Progress, for the person who waits. */
  say(text: string): void;
}

export interface Measured {
  tables: Table[];
  targets: Target[];
  /** Paragraphs below the tables. Markdown. */
  notes: string[];
}

/** Contenders that ran in turn in one process of measuring, so that their ratio means something. */
export interface Table {
  title: string;
  /** The contender that the ratios are about; no ratios unless given. */
  reference?: string;
  timings: Timing[];
}

export interface Timing {
  name: string;
  milliseconds: number[];
  /** Further columns: heading to text. */
  facts?: Record<string, string>;
}

export interface Target {
  /** As the plan states it: `at most 1.2 × the loop`. */
  wanted: string;
  measured: string;
  isMet: boolean;
}
