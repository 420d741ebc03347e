import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { expect, it } from 'vitest';

const root = projectRoot({});

/** Who may: config/ says where it is, the graph follows from that, a benchmark measures with it. */
const allowed = ['tasks/deployment/turbo.json', 'packages/workshop/bench/graph.ts'];

it('can be taken away: no package, task or tool names it, and no page of the docs leads to it', () => {
  const code = files(['{packages,tasks}/**/*.{ts,mjs,json,grit}', '*.json', 'pnpm-workspace.yaml']);
  expect(code.length).toBeGreaterThan(500);
  const naming = code.filter((file) => /packages\/sample|'sample', '|@opsgraph\/sample-/.test(read(file)));
  expect(naming.filter((file) => !allowed.includes(file))).toEqual([]);
  const leading = files(['docs/**/*.md', '*.md']).filter((file) => /\]\([^)]*packages\/sample/.test(read(file)));
  expect(leading).toEqual([]);
});

function files(patterns: string[]): string[] {
  const exclude = ['**/node_modules', '**/.turbo', 'packages/sample', '**/test-report*.json'];
  return globSync(patterns, { cwd: root, exclude });
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
