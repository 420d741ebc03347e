import type { Session } from '@opsgraph/postgres';
import type { MigrationSettings } from '../settings.ts';
import { inProject } from './in-project.ts';

/** Does what the knexfile does with each new connection of its pool. */
export async function prepareConnection(session: Session, settings: MigrationSettings): Promise<void> {
  const afterCreate = settings.knex?.afterCreate;
  if (afterCreate === undefined) return;
  await inProject(
    settings,
    () =>
      new Promise<void>((resolve, reject) => {
        Promise.resolve(afterCreate(session.client, (error) => (error ? reject(error) : resolve()))).catch(reject);
      }),
  );
}
