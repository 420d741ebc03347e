import { expect, it } from 'vitest';
import { requirePlainPath } from '../src/binaries/plain-path.ts';
import { socketDirectoryOf } from '../src/server/cluster.ts';

it('uses no socket directory when its path would be too long for one', () => {
  expect(socketDirectoryOf('/project/.ops/postgres')).toBe('/project/.ops/postgres/sockets');
  expect(socketDirectoryOf(`/${'p'.repeat(90)}`)).toBe(undefined);
  // The limit counts bytes, not characters.
  expect(socketDirectoryOf(`/${'ä'.repeat(45)}`)).toBe(undefined);
});

it('refuses a path that a shell behind initdb would run', () => {
  for (const path of ['/a/$(id)', '/a/`id`', '/a/"b', '/a\\b', '/a\nb']) {
    expect(() => requirePlainPath(path)).toThrow(expect.objectContaining({ code: 'PATH_NOT_PLAIN', exitCode: 78 }));
  }
  expect(() => requirePlainPath("/home/ana/my projects, it's here")).not.toThrow();
});
