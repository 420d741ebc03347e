import { type ServerFeature, serverHas } from '@opsgraph/postgres';

/** Of the server of this test run (see global-setup.ts), known before any test begins: 180004. */
export const serverVersion = Number(process.env['OPS_TEST_SERVER_VERSION']);

/** For what is true on some servers only; a test says what happens on the others, too. */
export function testServerHas(feature: ServerFeature): boolean {
  return serverHas(serverVersion, feature);
}
