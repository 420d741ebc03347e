export { ensureLocalPostgres, type EnsureInput, type EnsuredPostgres } from './ensure-local-postgres.ts';
export { stopLocalPostgres, type StopInput } from './stop-local-postgres.ts';
export { destroyLocalPostgres } from './destroy-local-postgres.ts';
export { describeLocalPostgres, type DescribedPostgres } from './describe-local-postgres.ts';
export { type AbandonedCluster } from './abandoned.ts';
export { type LocalPostgresState } from './state-file.ts';
export { type CheckoutInput } from './open-checkout.ts';
// The parts, for clusters that belong to no checkout (tests).
export { findBinaries, type Binaries } from './binaries.ts';
export { prepareBinaries } from './prepare-binaries.ts';
export { prepareHome } from './prepare-home.ts';
export { findServerUser, type ServerUser } from './server-user.ts';
export { placesOf, superuser, type Cluster } from './cluster.ts';
export { createData, modestSettings, type ServerSettings } from './create-data.ts';
export { startOnPort } from './start-on-port.ts';
export { startServer } from './start-server.ts';
export { stopServer, type StopMode } from './stop-server.ts';
export { sharedDirectory } from './shared-directory.ts';
