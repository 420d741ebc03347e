// `pnpm --filter @opsgraph/backfills run kills`: a million rows, killed outright at a hundred random moments, in both ways.

import { isDeepStrictEqual } from 'node:util';
import { startTestCluster } from '@opsgraph/testing';
import { createCountedRows, exactlyOnce, readCounts } from '../test/counted-rows.ts';
import { killOften } from '../test/kill-often.ts';
import { createProjectOn } from '../test/project.ts';

const rows = 1_000_000;
const kills = 100;
const cluster = await startTestCluster();
const project = await createProjectOn(cluster);
let isExact = true;
try {
  for (const [way, paces] of [
    ['set', { batchTime: 1, load: 20 }],
    ['work', { batchTime: 100, load: 25 }],
  ] as const) {
    await createCountedRows(project, rows, way);
    const begun = performance.now();
    const result = await killOften(project, { kills, settings: paces, within: 400, random: Math.random });
    const counts = await readCounts(project);
    const isOnce = isDeepStrictEqual(counts, exactlyOnce(rows));
    isExact &&= isOnce && result.kills === kills;
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    const end = `${isOnce ? 'every row exactly once' : 'NOT every row exactly once'} after ${result.kills} of ${kills} kills`;
    process.stdout.write(`${JSON.stringify({ way, ...paces, ...result, seconds, ...counts })}\n${end}\n`);
  }
} finally {
  await project.remove();
  await cluster.remove();
}
process.exit(isExact ? 0 : 1);
