import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findDistributionServer } from '../distribution-server.mjs';

/** Makes `<name>/bin` with these programs. */
function install(root: string, name: string, programs: readonly string[]): void {
  mkdirSync(join(root, name, 'bin'), { recursive: true });
  for (const program of programs) writeFileSync(join(root, name, 'bin', program), '');
}

it('finds the newest server that is complete, where distributions put them', () => {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-servers-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const all = ['initdb', 'pg_ctl', 'postgres'];
  const places = [
    { parent: join(root, 'debian'), prefix: '' },
    { parent: join(root, 'redhat'), prefix: 'pgsql-' },
  ];
  expect(findDistributionServer(places)).toBeUndefined();
  install(root, 'debian/9', all);
  install(root, 'debian/17', ['psql', 'pg_dump']);
  install(root, 'debian/plugins', all);
  expect(findDistributionServer(places)).toBe(join(root, 'debian/9'));
  install(root, 'redhat/pgsql-16', all);
  install(root, 'debian/15', all);
  expect(findDistributionServer(places)).toBe(join(root, 'redhat/pgsql-16'));
});
