import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { findChapters } from '@opsgraph/ledger';
import { lockKeys, ownLocks, runLock } from '@opsgraph/ledger/locks';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../src/index.ts';

const root = projectRoot();
const catalogue = await readCatalogue(root);
const chapters = await findChapters();
/** Packages with tables of their own, by the name under which tasks import them. */
const owners = new Map(
  globSync('packages/services/*/*/src/chapter.ts', { cwd: root })
    .concat(globSync('packages/shared/*/src/chapter.ts', { cwd: root }))
    .map((file) => {
      const { name, exports } = JSON.parse(readFileSync(join(root, dirname(file), '..', 'package.json'), 'utf8'));
      return [name as string, exports as Record<string, string>];
    }),
);
owners.delete('@opsgraph/ledger');

describe.each([...owners])('%s', (name, exports) => {
  it('exports its chapter, which has its name', () => {
    expect(exports['./chapter']).toBe('./src/chapter.ts');
    expect(chapters.map((chapter) => `@opsgraph/${chapter.name}`)).toContain(name);
  });
});

// A task that is bound to several environments is one definition.
const tasks = new Map(catalogue.map((entry) => [entry.definition!.name, entry]));

describe.each([...tasks])('%s', (_name, { domain, file, definition }) => {
  it('names the chapters of the services that it calls on its target', () => {
    if (definition!.needs === 'nothing' || !touchesTarget(file, definition!.needs)) return;
    const needed = [...owners.keys()].filter((owner) => loads(file, owner)).map((owner) => owner.split('/')[1]);
    expect(definition!.chapters?.map((chapter) => chapter.name).sort() ?? []).toEqual(needed.sort());
  });

  it('belongs to a domain whose lock is no other', () => {
    const others = [...ownLocks.map(runLock), ...Object.values(lockKeys)].map(String);
    expect(others).not.toContain(String(runLock(domain)));
  });
});

/** The file of a task, and those of its domain that it imports, as text. */
function sourcesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || !existsSync(file)) return [];
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const own = [...text.matchAll(/(?:import\(|from )'(\.[^']+)'/g)].map(([, path]) => join(dirname(file), path!));
  return [text, ...own.flatMap((path) => sourcesOf(path, seen))];
}

/** Whether it calls the package; its types and its chapter are no call, nor is a look at files. */
function loads(file: string, owner: string): boolean {
  const call = new RegExp(`import\\('${owner}(/[^']*)?'\\)|^import (?!type)[^;]*from '${owner}(?!/chapter)`, 'm');
  return sourcesOf(file).some((text) => call.test(text));
}

function touchesTarget(file: string, needs: string): boolean {
  return needs === 'database' || sourcesOf(file).some((text) => /onTarget\(/.test(text));
}
