import type { Change, TaskContext } from '@opsgraph/kit';
import type { EnsuredPostgres } from '@opsgraph/local-postgres';

export interface Embedded {
  /** Not running only in a dry run, which starts nothing. */
  state: 'running' | 'stopped' | 'missing';
  /** The superuser's, while it runs. */
  url: EnsuredPostgres['url'] | undefined;
  changes: Change[];
}

/** The embedded server, started where it does not run; in a dry run only looked at. */
export async function startEmbedded({
  dryRun,
  stateDirectory,
  projectRoot,
  signal,
  talk,
}: TaskContext<Record<never, never>, 'config'>): Promise<Embedded> {
  const { describeLocalPostgres, ensureLocalPostgres } = await import('@opsgraph/local-postgres');
  if (dryRun) {
    const { url, exists } = await describeLocalPostgres({ stateDirectory, projectRoot });
    const state = url !== undefined ? 'running' : exists ? 'stopped' : 'missing';
    const changes = state === 'running' ? [] : [{ action: 'start', object: 'the embedded PostgreSQL' }];
    return { state, url, changes };
  }
  const { url, version, done, abandoned } = await ensureLocalPostgres({
    stateDirectory,
    projectRoot,
    signal,
    info: talk.info,
  });
  for (const { checkout, home } of abandoned)
    talk.detail(`the data of ${checkout}, which is gone, is still in ${home}`);
  if (abandoned.length > 0) {
    const whose = abandoned.length === 1 ? 'a checkout that is' : `${abandoned.length} checkouts that are`;
    talk.info(
      `the data of ${whose} gone is still here; remove it: pnpm --filter setup run destroy-postgres --abandoned`,
    );
  }
  const changes = done.map((fact) => ({ action: 'start', object: `PostgreSQL ${version}: ${fact}` }));
  return { state: 'running', url, changes };
}
