#!/usr/bin/env node
// `ops run seed`, started by ops.sh, which packages/core/toolchain links into the root's programs:
// `pnpm ops` is found from every directory. Through the launcher, for its compile cache.
import { join } from 'node:path';

process.argv.splice(2, 0, join(import.meta.dirname, 'main.ts'));
await import('@opsgraph/kit/launch');
