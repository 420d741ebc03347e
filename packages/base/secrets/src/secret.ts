import { register } from './mask.ts';

/**
 * A value that must not be seen. Turning it into text in any usual way gives
 * its name; only `reveal()` gives the value. Making one teaches the mask.
 */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
    register(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** util.inspect, and so console.log. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
