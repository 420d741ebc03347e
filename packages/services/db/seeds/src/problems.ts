import { OpsError } from '@opsgraph/errors';

export interface Place {
  line?: number | undefined;
  column?: number | undefined;
}

/** Reports to a reader where its problem is. */
export type Report = (place: Place, text: string) => void;

/** Keeps the first of them; a file of a million wrong rows must not fill memory or terminal. */
const shown = 50;

/** What is wrong with the files, gathered until everything was looked at. */
export class Problems {
  #kept: { file: string; line: number; column: number; text: string }[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The first of them as `file:line:column: text`, in the files' order. */
  get lines(): string[] {
    const files = this.#kept.map(({ file }) => file);
    return this.#kept
      .toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column)
      .map(
        ({ file, line, column, text }) => `${[file, ...[line, column].filter((part) => part > 0)].join(':')}: ${text}`,
      );
  }

  /** @param times how many alike there are, when only this one is reported */
  add(file: string, { line = 0, column = 0 }: Place, text: string, times = 1): void {
    this.#count += times;
    if (this.#kept.length < shown) this.#kept.push({ file, line, column, text });
  }

  /** @throws OpsError SEED_INVALID (65) when there are any */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#kept.length;
    throw new OpsError({
      code: 'SEED_INVALID',
      exit: 'badData',
      message: this.#count === 1 ? 'the seed data has a problem' : `the seed data has ${this.#count} problems`,
      hint: 'correct the files and run the same command again; nothing was written',
      problems: more > 0 ? [...this.lines, `… and ${more} more`] : this.lines,
    });
  }
}
