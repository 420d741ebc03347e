export { keyId } from './keys/key.ts';
export { type Queries, type Verified, verifyKey } from './keys/verify-key.ts';
export {
  type AccountSettings,
  type PasswordRules,
  type ServiceTables,
  sampleServiceTables,
  type UserTable,
} from './settings.ts';
