/** What a task works on: `schema`, `hosts`, or one of a kind: `rows:places`. */
export type Resource = string;

/**
 * For which environments a task has a script. `chosen`: one script, for the
 * environment that --env or OPS_ENV names. `each`: one for each file of config/
 * but local (`deploy:staging`). `sandboxes`: one for each of these that is a sandbox.
 */
export type Environments = 'chosen' | 'each' | 'sandboxes';

/**
 * A task of Opsgraph (`migration:migrate`), a script of another package in turbo's
 * words (`@acme/app#test`), or `application#checks`: what config/application.ts names.
 */
export type Predecessor = `${string}:${string}` | `${string}#${string}`;

/** What orders a task; turbo.json and the scripts of package.json are generated from it. */
export interface Graph {
  /**
   * What must have succeeded before. A task that is bound to an environment
   * comes after those of the same environment; one that has no script for it
   * is not waited for.
   */
  after?: readonly Predecessor[];
  /** What it looks at. */
  reads?: readonly Resource[];
  /** What it may change. */
  writes?: readonly Resource[];
  /** Default: `chosen` alone. */
  environments?: readonly Environments[];
}
