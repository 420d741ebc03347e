import type { IncomingMessage } from 'node:http';
import { verifyKey } from '@opsgraph/accounts/verify-key';
import type { Database } from './database.ts';
import { findSimulation, listSimulations } from './simulations.ts';

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const scope = 'simulations:read';

/** What the service says to a request. Only a failing database makes it throw. */
export async function answer(request: IncomingMessage, database: Database, release: string): Promise<Answer> {
  const url = parseUrl(request.url);
  if (url === undefined) return { status: 400, body: { error: 'the address of the request is malformed' } };
  const { path, after } = url;
  if (path[0] !== 'healthz' && path[0] !== 'simulations') return notFound;
  if (path.length > 2 || (path[0] === 'healthz' && path.length > 1)) return notFound;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, body: { error: 'only GET and HEAD' }, headers: { allow: 'GET, HEAD' } };
  if (path[0] === 'healthz') return health(database, release);

  const refused = await authorise(request, database);
  if (refused !== undefined) return refused;
  if (path[1] === undefined) return { status: 200, body: { simulations: await listSimulations(database, after) } };
  const simulation = await findSimulation(database, path[1]);
  return simulation === undefined ? notFound : { status: 200, body: simulation };
}

const notFound: Answer = { status: 404, body: { error: 'there is nothing here' } };

function parseUrl(text = '/'): { path: string[]; after: string } | undefined {
  try {
    const url = new URL(text, 'http://service');
    const path = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const after = url.searchParams.get('after') ?? '';
    // PostgreSQL's text holds no NUL.
    return [...path, after].some((part) => part.includes('\0')) ? undefined : { path, after };
  } catch {
    return undefined;
  }
}

/** 200 while the database answers, else 503: a balancer then sends requests elsewhere. */
async function health(database: Database, release: string): Promise<Answer> {
  try {
    await database.query('SELECT 1', []);
    return { status: 200, body: { status: 'ok', release, database: 'reachable' } };
  } catch {
    return { status: 503, body: { status: 'unavailable', release, database: 'unreachable' } };
  }
}

async function authorise(request: IncomingMessage, database: Database): Promise<Answer | undefined> {
  const presented = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const verified = await verifyKey(database, presented, scope);
  if (verified.ok) return undefined;
  if (verified.reason === 'scope')
    return { status: 403, body: { error: `this key has no scope ${scope}` }, headers: challenge('insufficient_scope') };
  // Why exactly is nobody's business who has no valid key.
  return { status: 401, body: { error: 'a valid API key is needed' }, headers: challenge('invalid_token') };
}

/** RFC 6750, section 3. */
function challenge(error: string): Record<string, string> {
  return { 'www-authenticate': `Bearer realm="simulations", error="${error}"` };
}
