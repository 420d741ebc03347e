export interface Settings {
  port: number;
  databaseUrl: string;
  /** Which release answers: shown by /healthz. */
  release: string;
}

/** The service's own environment; its three variables have nothing to do with those of the tasks. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const port = Number(env['PORT'] || '8080');
  const problems: string[] = [];
  if (!Number.isInteger(port) || port < 0 || port > 65_535) problems.push('PORT: expected a number from 0 to 65535');
  if (!env['DATABASE_URL'])
    problems.push('DATABASE_URL: missing; expected postgres://user:password@host:5432/database');
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return { port, databaseUrl: env['DATABASE_URL']!, release: env['RELEASE'] || 'development' };
}

export class SettingsError extends Error {}
