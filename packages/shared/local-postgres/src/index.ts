export type { AbandonedCluster } from './abandoned.ts';
// The parts, for clusters that belong to no checkout (tests).
export { type Binaries, findBinaries } from './binaries.ts';
export { type Cluster, placesOf, superuser } from './cluster.ts';
export { createData, modestSettings, type ServerSettings } from './create-data.ts';
export { type DescribedPostgres, describeLocalPostgres } from './describe-local-postgres.ts';
export { destroyLocalPostgres } from './destroy-local-postgres.ts';
export { type EnsuredPostgres, type EnsureInput, ensureLocalPostgres } from './ensure-local-postgres.ts';
export type { CheckoutInput } from './open-checkout.ts';
export { prepareBinaries } from './prepare-binaries.ts';
export { prepareHome } from './prepare-home.ts';
export { removeAbandoned } from './remove-abandoned.ts';
export { findServerUser, type ServerUser } from './server-user.ts';
export { sharedDirectory } from './shared-directory.ts';
export { startOnPort } from './start-on-port.ts';
export { startServer } from './start-server.ts';
export type { LocalPostgresState } from './state-file.ts';
export { type StopInput, stopLocalPostgres } from './stop-local-postgres.ts';
export { type StopMode, stopServer } from './stop-server.ts';
