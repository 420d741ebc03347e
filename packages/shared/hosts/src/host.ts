import type { Readable } from 'node:stream';

/** A line of a script's output: `release<TAB>0f3c…<TAB>complete`. */
export type Facts = readonly (readonly string[])[];

export interface ScriptOptions {
  /** Milliseconds. */
  timeout?: number;
  /**
   * When somebody interrupts: it may come to its end, if that takes no longer than this many milliseconds. For what would
   * leave a host out of service.
   */
  finish?: number;
}

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A machine on which scripts for a POSIX shell can be run. */
export interface Host {
  readonly name: string;
  /** The directory of what is brought there; absolute. */
  readonly root: string;
  /** Ports of the service here. */
  readonly ports: readonly number[];
  /**
   * Runs a script in the shell there, which stays for the next one; it and all it started in its
   * group end with this process.
   */
  run(script: string, options?: ScriptOptions): Promise<Facts>;
  /**
   * The same for a script that says `ready` and then reads this input: all of it, unless it ends
   * badly. Where the input is cut, it must notice itself.
   */
  feed(script: string, input: Readable): Promise<Facts>;
  /** GET, as the host itself sees it. */
  get(port: number, path: string, timeout: number): Promise<HttpAnswer>;
  /** Ends the shell; the connection stays, where there is one. */
  leave(): Promise<void>;
  /** Ends the connection too. */
  close(): Promise<void>;
}

/** The fields of the first line with this key, without the key. */
export function fact(facts: Facts, key: string): readonly string[] | undefined {
  return facts.find(([name]) => name === key)?.slice(1);
}

export function factsOf(facts: Facts, key: string): (readonly string[])[] {
  return facts.filter(([name]) => name === key).map((fields) => fields.slice(1));
}
