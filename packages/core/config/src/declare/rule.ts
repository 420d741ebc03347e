/** What a rule over several keys may ask. */
export interface Facts {
  environmentName: string;
  /** Whether somebody gave the key or group (a default does not count); for a secret, whether it is set. */
  given(key: string): boolean;
  /** The validated value; undefined when it is missing or wrong. */
  value(key: string): unknown;
}

/** A condition over several keys; returns one line for each problem. */
export type Rule = (facts: Facts) => string[];
