export { planProvisioning, provisionDatabase, type ProvisioningInput, type ProvisioningStep, type Role } from './provision-database.ts';
