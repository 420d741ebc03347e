export type { AbandonedCluster } from './abandoned/abandoned.ts';
export { removeAbandoned } from './abandoned/remove-abandoned.ts';
// The parts, for clusters that belong to no checkout (tests).
export { type Binaries, findBinaries } from './binaries/binaries.ts';
export { prepareBinaries } from './binaries/prepare-binaries.ts';
export { type DescribedPostgres, describeLocalPostgres } from './describe-local-postgres.ts';
export { destroyLocalPostgres } from './destroy-local-postgres.ts';
export { type EnsuredPostgres, type EnsureInput, ensureLocalPostgres } from './ensure-local-postgres.ts';
export type { CheckoutInput } from './home/open-checkout.ts';
export { prepareHome } from './home/prepare-home.ts';
export { sharedDirectory } from './home/shared-directory.ts';
export type { LocalPostgresState } from './home/state-file.ts';
export { type Cluster, placesOf, superuser } from './server/cluster.ts';
export { createData, modestSettings, type ServerSettings } from './server/create-data.ts';
export { findServerUser, type ServerUser } from './server/server-user.ts';
export { startOnPort } from './server/start-on-port.ts';
export { startServer } from './server/start-server.ts';
export { type StopMode, stopServer } from './server/stop-server.ts';
export { type StopInput, stopLocalPostgres } from './stop-local-postgres.ts';
