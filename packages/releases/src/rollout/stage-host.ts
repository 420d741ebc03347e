import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Release } from '../artifact/build-release.ts';
import type { Manifest, ReleaseFile } from '../artifact/manifest.ts';
import { tarEntries, tarEntry, writeTar } from '../artifact/tar.ts';
import type { Host } from '../host/host.ts';
import { type Assembly, assembleScript, assembly, stageScript } from '../scripts/stage.ts';
import type { Running } from './context.ts';
import { sameFiles } from './same-files.ts';

export interface Base {
  manifest: Manifest;
}

/**
 * Brings a release to a host without touching what is live there, in one round
 * trip: equal files of the base become hard links, the others are uploaded,
 * all are checked. When the base was tampered with, a second one sends all.
 *
 * @returns how many files were uploaded
 */
export async function stageHost(
  running: Running,
  host: Host,
  release: Release,
  base: Base | undefined,
): Promise<number> {
  const { manifest } = release;
  const same = base === undefined ? [] : sameFiles(manifest, base.manifest);
  const uploaded = await send(base && { id: base.manifest.id, same });
  return uploaded ?? (await send(undefined)) ?? 0;

  async function send(from: Assembly['base']): Promise<number | undefined> {
    const linked = new Set(from?.same.map(({ path }) => path));
    const missing = manifest.files.filter(({ path }) => !linked.has(path));
    const record = JSON.stringify({ ...manifest, files: manifest.files.length, deployment: running.deployment });
    const script = assembleScript({ manifest, base: from, shared: running.settings.shared, record });
    const input = Readable.from(archiveOf(release, script, missing), { objectMode: false });
    const facts = await host.feed(stageScript({ root: host.root, lease: running.hostLease, id: manifest.id }), input);
    return facts.some(([answer]) => answer === 'unlinked') ? undefined : missing.length;
  }
}

/** What to do, then these files of the release. */
async function* archiveOf(
  release: Release,
  script: string,
  wanted: readonly ReleaseFile[],
): AsyncGenerator<Uint8Array> {
  const what = Buffer.from(script);
  yield* tarEntry({ path: assembly, mode: '644', size: what.length }, what);
  if (wanted.length === release.manifest.files.length) yield* createReadStream(release.archive);
  else yield* partOf(release, wanted);
}

async function* partOf({ archive }: Release, wanted: readonly ReleaseFile[]): AsyncGenerator<Uint8Array> {
  const bytes = await readFile(archive);
  const places = new Map(tarEntries(bytes).map((entry) => [entry.path, entry]));
  yield* writeTar(wanted, async (path) => {
    const { offset, size } = places.get(path)!;
    return bytes.subarray(offset, offset + size);
  });
}
