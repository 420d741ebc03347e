import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import { archiveFile, manifestFile, type Release } from './build-release.ts';
import { readManifest } from './manifest.ts';
import { tarEntries } from './tar.ts';

/**
 * A built release, every file checked against the manifest.
 *
 * @throws OpsError RELEASE_MISSING (78), MANIFEST_EDITED, MANIFEST_BROKEN, ARCHIVE_DAMAGED (65)
 */
export async function readRelease(directory: string): Promise<Release> {
  const archive = join(directory, archiveFile);
  const [text, bytes] = await Promise.all([read(join(directory, manifestFile)), read(archive)]);
  const manifest = readManifest(text.toString(), join(directory, manifestFile));
  const found = new Map(tarEntries(bytes).map((entry) => [entry.path, entry]));
  const problems = manifest.files.flatMap(({ path, sha256 }) => {
    const entry = found.get(path);
    if (entry === undefined) return [`${path}: is not in the archive`];
    const content = bytes.subarray(entry.offset, entry.offset + entry.size);
    return createHash('sha256').update(content).digest('hex') === sha256 ? [] : [`${path}: has another content`];
  });
  if (found.size > manifest.files.length) problems.push('the archive has files that the manifest does not name');
  if (problems.length === 0) return { manifest, archive };
  throw new OpsError({
    code: 'ARCHIVE_DAMAGED',
    exit: 'badData',
    message: `${archive} is not what its manifest says`,
    hint: 'build it anew: turbo run release --force',
    problems: problems.slice(0, 20),
  });
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new OpsError({
      code: 'RELEASE_MISSING',
      exit: 'configuration',
      message: `there is no ${path}`,
      hint: 'build the release first: turbo run release',
      cause,
    });
  }
}
