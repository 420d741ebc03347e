export type { Change, TaskReport } from '@opsgraph/report';
export { type ApplyInput, applyAccounts } from './apply-accounts.ts';
export { chooseDelivery, deliveryTo, type Ports } from './choose-delivery.ts';
export type { Delivery } from './delivery.ts';
export { keyId } from './keys/key.ts';
export { type Queries, type Verified, verifyKey } from './keys/verify-key.ts';
export { hashPassword, verifyPassword } from './passwords/hash-password.ts';
export type { Argon2Parameters } from './passwords/phc.ts';
export { reportServiceAccounts, reportUsers } from './report.ts';
export { chooseLifetime } from './service-accounts/choose-lifetime.ts';
export type { Definition } from './service-accounts/definition.ts';
export { type ListedServiceAccount, listServiceAccounts } from './service-accounts/list-service-accounts.ts';
export { type ProvisionInput, provisionServiceAccount } from './service-accounts/provision-service-account.ts';
export { type RevokeInput, revokeServiceAccount } from './service-accounts/revoke-service-account.ts';
export { type RotateInput, rotateServiceAccount } from './service-accounts/rotate-service-account.ts';
export {
  type AccountSettings,
  defaultServiceTables,
  type PasswordRules,
  type ServiceTables,
  type UserTable,
} from './settings.ts';
export { chooseCredential } from './users/choose-credential.ts';
export { type AdministratorInput, createAdministrator } from './users/create-administrator.ts';
export type { CredentialSource } from './users/credential.ts';
export { disableUser, enableUser } from './users/disable-user.ts';
export { type ListedUser, listUsers, type UserList } from './users/list-users.ts';
export { promoteUser } from './users/promote-user.ts';
export { redeemSignInToken } from './users/redeem-sign-in-token.ts';
export type { UserInput } from './users/require-user.ts';
export { resetAdministrator } from './users/reset-administrator.ts';
