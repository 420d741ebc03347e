import { expect, it } from 'vitest';
import { makeManifest } from '../src/artifact/manifest.ts';
import { makeBatches } from '../src/rollout/batches.ts';
import { releasesToKeep } from '../src/steps/releases-to-keep.ts';
import { schemaMisfits } from '../src/steps/schema-fit.ts';

it('sends canaries alone, then whole batches', () => {
  expect(makeBatches([1, 2, 3, 4, 5, 6], { canary: 2, batch: 3 })).toEqual([[1], [2], [3, 4, 5], [6]]);
  expect(makeBatches([1, 2], { canary: 0, batch: 5 })).toEqual([[1, 2]]);
  expect(makeBatches([1], { canary: 3, batch: 1 })).toEqual([[1]]);
});

it('keeps the live release, what runs, the way back, and as many verified ones as wanted', () => {
  const services = new Map([[8080, { release: 'running', state: 'running' as const, settings: '', of: undefined }]]);
  expect(releasesToKeep({ current: 'live', services }, ['live', 'back', 'older', 'oldest'], 1)).toEqual(
    new Set(['live', 'back', 'running']),
  );
  expect(releasesToKeep({ current: 'bad', services: new Map() }, ['good', 'older'], 1)).toEqual(
    new Set(['good', 'bad']),
  );
  // its link was removed by hand
  expect(releasesToKeep({ current: undefined, services: new Map() }, ['live', 'back', 'older'], 1)).toEqual(
    new Set(['live', 'back']),
  );
});

it('says why a release does not fit the schema, in both directions', () => {
  const release = makeManifest({ application: 'a', migrations: { lowest: '2', highest: '3' }, files: [], links: [] });
  const misfits = (applied: string[], pending: string[] = []): number =>
    schemaMisfits(release, { applied, pending }).length;
  expect(misfits(['1', '2'])).toBe(0);
  expect(misfits(['1', '2', '3'])).toBe(0);
  expect(misfits(['1'], ['2', '3'])).toBe(0);
  expect(misfits(['1'])).toBe(1);
  expect(misfits(['1', '2', '3', '4'])).toBe(1);
});
