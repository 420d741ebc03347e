import type { Secret } from '@opsgraph/secrets';

/** One thing that was changed, or in a dry run would be. */
export interface Change {
  action: string;
  object: string;
}

/** What a verb of this package did. */
export interface AccountResult {
  /** One line for people. */
  summary: string;
  /** Empty: everything was as wanted. */
  changes: Change[];
  /** Further lines for people. */
  lines?: string[];
  data?: unknown;
  /** A new secret that nobody has yet: to be shown once. */
  reveal?: { label: string; secret: Secret };
  /** Something a person must look at. */
  findings?: boolean;
}
