import { OpsError, type OpsErrorFields } from '@opsgraph/errors';
import type { ClientConfig } from 'pg';

type Place = Pick<ClientConfig, 'host' | 'port' | 'database' | 'user'>;

interface DriverError extends Error {
  code?: string;
  severity?: string;
  detail?: string;
}

type Translation = Omit<OpsErrorFields, 'cause'>;

/**
 * What an error of the driver or the server means to an operator. Errors that
 * only the author of the statement can judge come back as they are.
 */
export function translateError(error: unknown, place: Place): unknown {
  if (!(error instanceof Error) || error instanceof OpsError) return error;
  const fields = connection(error, place) ?? situation(error, place);
  return fields === undefined ? error : new OpsError({ ...fields, cause: error });
}

function connection(error: DriverError, place: Place): Translation | undefined {
  const where = `${place.host ?? 'localhost'}:${place.port ?? 5432}`;
  const unreachable = (message: string, hint: string): Translation => ({
    code: 'DATABASE_UNREACHABLE',
    exit: 'unavailable',
    message,
    hint,
  });
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(`no host is named ${place.host}`, 'check the host in DATABASE_URL, and the name server');
    case 'ECONNREFUSED':
    case 'ENOENT':
      return unreachable(
        `nothing answers at ${where}`,
        'is it running? the embedded one is started by: pnpm --filter setup run setup',
      );
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable(`${where} cannot be reached`, 'check network, firewall and VPN');
    case '57P03':
      return unreachable(`the server at ${where} is still starting up or shutting down`, 'try again in a moment');
    case '53300':
      return unreachable(`the server at ${where} has no free connection`, 'raise max_connections, or close idle ones');
    case '28P01':
    case '28000':
      return {
        code: 'DATABASE_LOGIN_REFUSED',
        exit: 'refused',
        message: `the server at ${where} refused the login of ${place.user ?? 'the user'}: ${error.message}`,
        hint: error.message.includes('channel binding')
          ? 'something between here and the server terminates TLS with another certificate: a proxy of yours, or an attacker'
          : 'check user and password in DATABASE_URL, and pg_hba.conf',
      };
    case '3D000':
      return {
        code: 'DATABASE_MISSING',
        exit: 'configuration',
        message: `the server at ${where} has no database ${place.database}`,
        hint: 'create it: pnpm --filter setup run database',
      };
  }
  if (/timeout expired|timeout exceeded when trying to connect/i.test(error.message)) {
    return unreachable(
      `${where} did not answer in time`,
      'check network, firewall and VPN; or a pooler there has no backend free: a task needs two',
    );
  }
  if (/does not support SSL|self.signed certificate|certificate|Hostname\/IP does not match/i.test(error.message)) {
    return unreachable(`TLS with ${where} failed: ${error.message}`, 'check sslmode and sslrootcert in DATABASE_URL');
  }
  return undefined;
}

function situation(error: DriverError, place: Place): Translation | undefined {
  const code = error.code ?? '';
  if (
    /^(08|57P0[12])/.test(code) ||
    ['ECONNRESET', 'EPIPE'].includes(code) ||
    /Connection terminated|not queryable|Client was closed/.test(error.message)
  ) {
    return {
      code: 'CONNECTION_LOST',
      exit: 'unavailable',
      message: `the connection to ${place.host ?? 'localhost'}:${place.port ?? 5432} was lost`,
      hint: 'the server rolls back what was not committed; run the same command again when it is back',
    };
  }
  switch (code) {
    case '55P03':
      return {
        code: 'LOCK_TIMEOUT',
        exit: 'tryLater',
        message: 'another session held a lock for longer than lock_timeout',
        hint: 'find it in pg_stat_activity, or try again later',
      };
    case '57014':
      return {
        code: 'STATEMENT_TIMEOUT',
        exit: 'timeout',
        message: 'a statement ran longer than statement_timeout',
        hint: 'raise database.statementTimeout in the configuration',
      };
    case '40P01':
    case '40001':
      return {
        code: 'CONFLICT',
        exit: 'tryLater',
        message: `the server ended the transaction because of a conflict: ${error.message}`,
        hint: 'run the same command again',
      };
    case '53100':
      return {
        code: 'SERVER_DISK_FULL',
        exit: 'ioError',
        message: "the server's disk is full",
        hint: 'free space on the server; nothing was committed',
      };
    case '42501':
      return {
        code: 'PERMISSION_DENIED',
        exit: 'refused',
        message: error.message,
        hint: `the role ${place.user} lacks a right; grant it or use another role`,
      };
    case '25006':
      return {
        code: 'READ_ONLY',
        exit: 'refused',
        message: `${place.database} only allows reading`,
        hint: 'is this a standby? name the primary in DATABASE_URL; or is default_transaction_read_only set for the role or the database?',
      };
  }
  return undefined;
}
