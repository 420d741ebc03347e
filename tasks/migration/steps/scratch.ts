import type { ConnectionSettings } from '@opsgraph/postgres';

interface Place {
  connection: ConnectionSettings;
  config: {
    database: {
      adminUrl?: { isSet: boolean; resolve(signal?: AbortSignal): Promise<ConnectionSettings['url']> } | undefined;
    };
  };
  signal: AbortSignal;
}

/** How a migration task gets an empty database beside the target, for as long as `work` runs. */
export function scratchBeside({ connection, config, signal }: Place) {
  return async <T>(work: (scratch: ConnectionSettings) => Promise<T>): Promise<T> => {
    const { withScratchDatabase } = await import('@opsgraph/scratch-databases');
    const { adminUrl } = config.database;
    return withScratchDatabase(
      { target: connection, adminUrl: adminUrl?.isSet === true ? await adminUrl.resolve(signal) : undefined },
      work,
    );
  };
}
