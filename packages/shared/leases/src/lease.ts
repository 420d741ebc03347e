/** The right to do for a limited time what only one may do; by its name, such as `deployment`. */
export interface Lease {
  name: string;
  /** The run that took it. */
  run: string;
  /** Grows with every holder, and is never used again: what is to be protected refuses what comes with a lower one. */
  fence: number;
}

export interface LeaseHolder extends Lease {
  /** The checkout whose later runs may continue with it. */
  place: string;
  /** For people: `ana on web-1`. */
  holder: string;
  /** Milliseconds until it is over, by the database's clock; below 0 it is. */
  left: number;
}

/** Whose it is, whatever its fence has become. */
export type Held = Pick<Lease, 'name' | 'run'>;
