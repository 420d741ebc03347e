// The sample service: an API over the seeded simulations. An application of
// its own that Opsgraph deploys; of Opsgraph it uses only verifyKey.
import { openDatabase } from './database.ts';
import { serve } from './serve.ts';
import { readSettings, SettingsError } from './settings.ts';

/** A request that hangs must not keep a deployment waiting; milliseconds. */
const longestStop = 10_000;

try {
  // biome-ignore lint/style/noProcessEnv: an application has an environment of its own
  const settings = readSettings(process.env);
  const database = openDatabase(settings.databaseUrl);
  const service = await serve(database, settings.port, settings.release);
  // biome-ignore lint/plugin: an application has a terminal of its own
  process.stdout.write(`sample service ${settings.release} listens on port ${service.port}\n`);

  const stop = async (): Promise<void> => {
    setTimeout(() => process.exit(1), longestStop).unref();
    await service.stop();
    await database.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  const isForeseen = error instanceof SettingsError || (error as NodeJS.ErrnoException).syscall === 'listen';
  // biome-ignore lint/plugin: an application has a terminal of its own
  process.stderr.write(`${isForeseen ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = isForeseen ? 78 : 70;
}
