export { type ConnectionSettings } from './connect.ts';
export { withSession, type ServerFacts, type Session } from './session.ts';
export { requireDirectConnection } from './direct-connection.ts';
export { identifier, literal } from './identifier.ts';
export { knexOn } from './knex.ts';
export { translateError } from './translate-error.ts';
