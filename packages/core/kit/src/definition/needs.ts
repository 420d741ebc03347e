/**
 * What must be in place before `run` is called:
 * nothing; a valid configuration; or a reachable database that says it is the
 * configured environment, with (for write and destroy) the domain's lock held
 * and the intent recorded in its ledger.
 */
export type Needs = 'nothing' | 'config' | 'database';
