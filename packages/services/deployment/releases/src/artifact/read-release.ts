import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { archiveFile, manifestFile, type Release } from './build-release.ts';
import { readManifest } from './manifest.ts';
import { readTarContent, readTarEntries, type TarEntry } from './tar.ts';

/**
 * A built release, every file checked against the manifest.
 *
 * @throws OpsError RELEASE_MISSING (78), MANIFEST_EDITED, MANIFEST_BROKEN, ARCHIVE_DAMAGED (65)
 */
export async function readRelease(directory: string): Promise<Release> {
  const archive = join(directory, archiveFile);
  const text = await found(join(directory, manifestFile), (path) => readFile(path, 'utf8'));
  const manifest = readManifest(text, join(directory, manifestFile));
  await using bytes = await found(archive, (path) => open(path));
  const entries = new Map((await readTarEntries(bytes)).map((entry) => [entry.path, entry]));
  const problems: string[] = [];
  for (const { path, sha256 } of manifest.files) {
    const entry = entries.get(path);
    if (entry === undefined) problems.push(`${path}: is not in the archive`);
    else if ((await hashOf(bytes, entry)) !== sha256) problems.push(`${path}: has other content`);
  }
  if (entries.size > manifest.files.length) problems.push('the archive has files that the manifest does not name');
  if (problems.length === 0) return { manifest, archive };
  throw new OpsError({
    code: 'ARCHIVE_DAMAGED',
    exit: 'badData',
    message: `${archive} is not what its manifest says`,
    hint: 'build it again: pnpm turbo run release --force',
    problems: problems.slice(0, 20),
  });
}

async function hashOf(archive: FileHandle, entry: TarEntry): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of readTarContent(archive, entry)) hash.update(piece);
  return hash.digest('hex');
}

async function found<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(path);
  } catch (cause) {
    throw new OpsError({
      code: 'RELEASE_MISSING',
      exit: 'configuration',
      message: `there is no ${path}`,
      hint: 'build the release first: pnpm turbo run release',
      cause,
    });
  }
}
