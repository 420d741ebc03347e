import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Release } from '../artifact/build-release.ts';
import type { Manifest, ReleaseFile } from '../artifact/manifest.ts';
import { tarEntries, writeTar } from '../artifact/tar.ts';
import type { Host } from '../host/host.ts';
import { completeScript, stageScript, stagingDirectory } from '../scripts/stage.ts';
import type { Running } from './context.ts';

export interface Base {
  manifest: Manifest;
}

/**
 * Brings a release to a host without touching what is live there: equal files
 * of the base become hard links, the others are uploaded, all are checked.
 *
 * @returns how many files were uploaded; undefined when the release was there
 */
export async function stageHost(
  running: Running,
  host: Host,
  release: Release,
  base: Base | undefined,
): Promise<number | undefined> {
  const { manifest } = release;
  const { hostLease: lease, settings } = running;
  const same = base === undefined ? [] : sameFiles(manifest, base.manifest);
  const [[answer] = []] = await host.run(
    stageScript({ root: host.root, lease, manifest, base: base && { id: base.manifest.id, same } }),
  );
  if (answer === 'complete') return undefined;
  const isLinked = answer === 'linked';
  const linked = new Set(isLinked ? same.map(({ path }) => path) : []);
  const missing = manifest.files.filter(({ path }) => !linked.has(path));
  if (missing.length > 0) {
    const input = isLinked ? await partOf(release, missing) : createReadStream(release.archive);
    await host.send(['tar', '-xf', '-', '-C', `${host.root}/${stagingDirectory(manifest.id)}`], input);
  }
  const record = JSON.stringify({ ...manifest, files: manifest.files.length, deployment: running.deployment });
  await host.run(completeScript({ root: host.root, lease, manifest, shared: settings.shared, record }));
  return missing.length;
}

/** Equal also in mode, which hard links share. */
function sameFiles(manifest: Manifest, base: Manifest): ReleaseFile[] {
  const known = new Map(base.files.map((file) => [file.path, file]));
  return manifest.files.filter(({ path, mode, sha256 }) => {
    const there = known.get(path);
    return there !== undefined && there.sha256 === sha256 && there.mode === mode;
  });
}

async function partOf({ archive }: Release, wanted: readonly ReleaseFile[]): Promise<Readable> {
  const bytes = await readFile(archive);
  const places = new Map(tarEntries(bytes).map((entry) => [entry.path, entry]));
  const read = async (path: string): Promise<Uint8Array> => {
    const { offset, size } = places.get(path)!;
    return bytes.subarray(offset, offset + size);
  };
  return Readable.from(writeTar(wanted, read), { objectMode: false });
}
