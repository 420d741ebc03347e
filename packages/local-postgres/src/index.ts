export { findBinaries, majorOf, type Binaries } from './binaries.ts';
export { prepareBinaries } from './prepare-binaries.ts';
export { findServerUser, type ServerUser } from './server-user.ts';
export { placesOf, socketDirectoryOf, superuser, type Cluster } from './cluster.ts';
export { createData, modestSettings, type ServerSettings } from './create-data.ts';
export { startServer } from './start-server.ts';
export { stopServer, type StopMode } from './stop-server.ts';
export { findFreePort } from './free-port.ts';
export { sharedDirectory } from './shared-directory.ts';
