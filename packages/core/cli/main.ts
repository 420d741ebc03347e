// `pnpm ops …`, started by ops.mjs.
import { runCommandLine } from './src/run-command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), process.env);
