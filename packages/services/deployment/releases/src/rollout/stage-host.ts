import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path/posix';
import { Readable } from 'node:stream';
import type { Host } from '@opsgraph/hosts';
import type { Release } from '../artifact/build-release.ts';
import type { Manifest, ReleaseFile } from '../artifact/manifest.ts';
import { readTarContent, readTarEntries, type TarEntry, tarLink, tarSize, writeTar } from '../artifact/tar.ts';
import { stageScript, stagingDirectory } from '../scripts/stage.ts';
import type { Running } from './context.ts';
import { sameFiles } from './same-files.ts';

export interface Base {
  manifest: Manifest;
}

/**
 * Brings a release to a host without touching what is live there: equal files
 * of the base become hard links, the others are uploaded, all are checked.
 * When the base was tampered with, a second archive has all.
 *
 * @param parts archives that were made for hosts with the same base
 * @returns how many files were uploaded
 */
export async function stageHost(
  running: Running,
  host: Host,
  release: Release,
  base: Base | undefined,
  parts: Map<string, Promise<Archive>>,
): Promise<number> {
  const { manifest } = release;
  const same = base === undefined ? [] : sameFiles(manifest, base.manifest, running.settings.shared);
  const uploaded = same.length === 0 ? undefined : await send(base!.manifest.id, same);
  return uploaded ?? (await send(undefined, [])) ?? 0;

  async function send(from: string | undefined, linked: readonly ReleaseFile[]): Promise<number | undefined> {
    const { bytes, pieces } = await (from === undefined ? wholeArchive(release) : partFor(from, linked));
    const script = stageScript({
      root: host.root,
      lease: running.hostLease,
      manifest,
      base: from,
      bytes,
      shared: running.settings.shared,
      record: JSON.stringify({ ...manifest, files: manifest.files.length, deployment: running.deployment }),
    });
    const facts = await host.feed(script, Readable.from(pieces, { objectMode: false }));
    return facts.some(([answer]) => answer === 'unlinked') ? undefined : manifest.files.length - linked.length;
  }

  function partFor(from: string, linked: readonly ReleaseFile[]): Promise<Archive> {
    const part = parts.get(from) ?? partOf(release, from, linked);
    parts.set(from, part);
    return part;
  }
}

export interface Archive {
  bytes: number;
  pieces: AsyncIterable<Uint8Array>;
}

async function wholeArchive({ archive }: Release): Promise<Archive> {
  return { bytes: (await stat(archive)).size, pieces: createReadStream(archive, { highWaterMark: 1 << 20 }) };
}

/** With hard links to files of another release; to be unpacked where releases lie. */
async function partOf({ archive, manifest }: Release, base: string, linked: readonly ReleaseFile[]): Promise<Archive> {
  const inside = basename(stagingDirectory(manifest.id));
  const isLinked = new Set(linked.map(({ path }) => path));
  const wanted = manifest.files
    .filter(({ path }) => !isLinked.has(path))
    .map((file) => ({ ...file, path: `${inside}/${file.path}` }));
  const links = Buffer.concat(linked.flatMap(({ path }) => [...tarLink(`${inside}/${path}`, `${base}/${path}`)]));
  const places = await entriesOf(archive);
  // made again for each host: no content stays in memory
  async function* pieces(): AsyncGenerator<Uint8Array> {
    if (links.length > 0) yield links;
    await using bytes = await open(archive);
    yield* writeTar(wanted, (path) => readTarContent(bytes, places.get(path.slice(inside.length + 1))!));
  }
  return { bytes: links.length + tarSize(wanted), pieces: { [Symbol.asyncIterator]: pieces } };
}

async function entriesOf(archive: string): Promise<Map<string, TarEntry>> {
  await using bytes = await open(archive);
  return new Map((await readTarEntries(bytes)).map((entry) => [entry.path, entry]));
}
