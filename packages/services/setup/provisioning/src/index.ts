export { countRows, type TableRows } from './count-rows.ts';
export { describeTarget } from './describe-target.ts';
export { planNewServer, planProvisioning, provisionDatabase } from './provision-database.ts';
export type { ProvisioningInput, ProvisioningStep, Role } from './provisioning.ts';
export { reviewAuthority, type Weakness } from './review-authority.ts';
export { missingSecrets, type SecretsFile, writeMissingSecrets } from './secrets-file.ts';
