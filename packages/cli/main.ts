// `pnpm ops …`; started through packages/kit/launch.mjs, for its compile cache.
import { runCommandLine } from './src/run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), process.env);
