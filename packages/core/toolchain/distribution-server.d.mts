export interface ServerPlace {
  parent: string;
  /** Before the major version in a directory's name. */
  prefix: string;
}

/** The directory of the newest PostgreSQL that the distribution of this machine installed; undefined without one. */
export function findDistributionServer(places?: readonly ServerPlace[]): string | undefined;
