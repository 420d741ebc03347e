export type { ConnectionSettings } from './connect.ts';
export { withDirectSession } from './direct-connection.ts';
export { identifier, literal } from './identifier.ts';
export { knexOn } from './knex.ts';
export { firstServerWith, oldestServer, type ServerFeature, serverHas } from './server-features.ts';
export { type ServerFacts, type Session, withSession } from './session.ts';
export { asDatabaseSays, ownSettings, pinOwnSettings } from './session-settings.ts';
export { translateError } from './translate-error.ts';
export { withoutPasswords } from './without-passwords.ts';
