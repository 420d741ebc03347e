import { OpsError } from '@opsgraph/errors';

export interface Place {
  line?: number | undefined;
  column?: number | undefined;
}

/** Keeps the first of them; a file of a million wrong rows must not fill memory or terminal. */
const shown = 50;

/** What is wrong with the files, gathered until everything was looked at. */
export class Problems {
  #lines: string[] = [];
  #count = 0;

  /** The first of them, as told. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get count(): number {
    return this.#count;
  }

  /** @param times how many alike there are, when only this one is told */
  add(file: string, place: Place, text: string, times = 1): void {
    this.#count += times;
    if (this.#lines.length < shown)
      this.#lines.push(`${[file, place.line, place.column].filter((part) => part !== undefined).join(':')}: ${text}`);
  }

  /** @throws OpsError SEED_INVALID (65) when there are any */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#lines.length;
    throw new OpsError({
      code: 'SEED_INVALID',
      exit: 'badData',
      message: this.#count === 1 ? 'the seed data has a problem' : `the seed data has ${this.#count} problems`,
      hint: 'correct the files and run the same command again; nothing was written',
      problems: more > 0 ? [...this.#lines, `… and ${more} more`] : this.#lines,
    });
  }
}

/** Tells a reader where its problem is. */
export type Report = (place: Place, text: string) => void;
