import type { Manifest, ReleaseFile } from '../artifact/manifest.ts';

/**
 * Files of a release that another one has too; equal also in mode, which hard links share.
 *
 * @param shared in the other release a link to what lives longer, which may have changed since
 */
export function sameFiles(manifest: Manifest, base: Manifest, shared: readonly string[]): ReleaseFile[] {
  const known = new Map(base.files.map((file) => [file.path, file]));
  return manifest.files.filter(({ path, mode, sha256 }) => {
    const there = known.get(path);
    const isShared = shared.some((above) => `${path}/`.startsWith(`${above}/`));
    return there !== undefined && there.sha256 === sha256 && there.mode === mode && !isShared;
  });
}
