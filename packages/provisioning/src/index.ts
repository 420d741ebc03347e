export { countRows, type TableRows } from './count-rows.ts';
export { describeTarget } from './describe-target.ts';
export {
  type ProvisioningInput,
  type ProvisioningStep,
  planNewServer,
  planProvisioning,
  provisionDatabase,
  type Role,
} from './provision-database.ts';
export { missingSecrets, type SecretsFile, writeMissingSecrets } from './secrets-file.ts';
