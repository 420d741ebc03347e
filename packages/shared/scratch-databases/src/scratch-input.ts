import type { ConnectionSettings } from '@opsgraph/postgres';
import type { Secret } from '@opsgraph/secrets';

export interface ScratchInput {
  /** The database beside which, and as whose user, the scratch is made; it is not touched. */
  target: ConnectionSettings;
  /** Somebody who may create databases, when the target's own user may not. */
  adminUrl?: Secret | undefined;
}
