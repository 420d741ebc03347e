import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSet, SeedInput } from '../src/index.ts';

export interface Project {
  root: string;
  directory: string;
  write(file: string, content: unknown): void;
  input(run: string, over?: Partial<SeedInput>): SeedInput;
  remove(): void;
}

/** A project on disk with a manifest. A file's content is text, bytes, or rows that become a JSON array with a row a line. */
export function makeProject(sets: readonly DataSet[], files: Record<string, unknown> = {}): Project {
  const root = mkdtempSync(join(tmpdir(), 'seeds-'));
  const directory = join(root, 'db', 'seeds');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'seeds.ts'), `export default ${JSON.stringify(sets)};\n`);
  const write = (file: string, content: unknown): void => writeFileSync(join(directory, file), bytesOf(content));
  for (const [file, content] of Object.entries(files)) write(file, content);
  return {
    root,
    directory,
    write,
    input: (id, over) => ({
      directory,
      sets: 'all',
      environment: 'local',
      projectRoot: root,
      run: { id, actor: 'ana' },
      ...over,
    }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function bytesOf(content: unknown): string | Buffer {
  if (typeof content === 'string' || Buffer.isBuffer(content)) return content;
  return `[\n${(content as unknown[]).map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}
