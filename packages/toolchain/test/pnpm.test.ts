import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../turbo.mjs';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

it('pnpm 12 can read the lock file: systems are lists, though pnpm 10 keeps what a package wrote', () => {
  expect(read('pnpm-lock.yaml').match(/^ {4}(cpu|os|libc): \w.*$/gm)).toBeNull();
});

it('pnpm 12 does not look for the pinned pnpm, and knows which packages may build', () => {
  const settings = read('pnpm-workspace.yaml');
  expect(settings).toMatch(/^pmOnFail: ignore$/m);
  expect(settings).toMatch(/^allowBuilds:$/m);
  // An error there.
  expect(settings).not.toContain('onlyBuiltDependencies');
});
