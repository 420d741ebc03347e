import { ownSettings, type Session } from '@opsgraph/postgres';

/** What decides how the server writes expressions and names. */
const pinned: Record<string, string> = {
  ...ownSettings,
  // Nothing on the path: every name is written with its schema.
  search_path: '',
  // Compiling takes longer than these queries.
  jit: 'off',
};

/** Runs `work` with settings under which equal schemas are written equally, and puts the session's own back. */
export async function withPinnedSettings<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const names = Object.keys(pinned);
  const [before] = await session.query<Record<string, string>>(
    `SELECT ${names.map((name) => `current_setting('${name}') AS "${name}"`).join(', ')}`,
  );
  await set(session, pinned);
  try {
    return await work();
  } finally {
    // A lost connection has nothing to put back.
    await set(session, before!).catch(() => {});
  }
}

async function set(session: Session, values: Record<string, string>): Promise<void> {
  const names = Object.keys(values);
  await session.query(
    `SELECT ${names.map((name, index) => `set_config('${name}', $${index + 1}, false)`).join(', ')}`,
    names.map((name) => values[name]),
  );
}
