import { createHash } from 'node:crypto';
import { OpsError } from '@opsgraph/errors';

export interface ReleaseFile {
  /** From the root of the release, with slashes. */
  path: string;
  /** Permissions as three octal digits. */
  mode: string;
  size: number;
  sha256: string;
}

/** A symbolic link inside the release. */
export interface ReleaseLink {
  path: string;
  /** Relative to the link's directory. */
  target: string;
}

/** A directory that is empty, or has other permissions than 755. */
export interface ReleaseDirectory {
  path: string;
  mode: string;
}

/**
 * What a release is. The same content gives the same manifest, byte by byte:
 * who built it, when and from which commit is in the ledger.
 */
export interface Manifest {
  format: 1;
  application: string;
  /** The first 16 digits of the content's hash: the name of its directory on a host. */
  id: string;
  contentSha256: string;
  /** The range of the schema it works with, by migration name; null: any. */
  migrations: { lowest: string | null; highest: string | null };
  files: readonly ReleaseFile[];
  links: readonly ReleaseLink[];
  /** Missing in manifests from before there were any. */
  directories?: readonly ReleaseDirectory[];
}

export type ManifestContent = Pick<Manifest, 'application' | 'migrations' | 'files' | 'links' | 'directories'>;

/** The manifest of this content. */
export function makeManifest({ application, migrations, files, links, directories = [] }: ManifestContent): Manifest {
  const content = {
    application,
    migrations,
    files: byPath(files),
    links: byPath(links),
    ...(directories.length > 0 && { directories: byPath(directories) }),
  };
  const contentSha256 = contentHash(content);
  return { format: 1, id: contentSha256.slice(0, 16), contentSha256, ...content };
}

/** A manifest as text: what release.json holds. Its last line is the hash of what comes before it. */
export function writeManifest(manifest: Manifest): string {
  const text = JSON.stringify(manifest, undefined, 1);
  return `${text}\n${sha256(text)}\n`;
}

/**
 * @param where shown in errors
 * @throws OpsError MANIFEST_BROKEN, MANIFEST_EDITED (65)
 */
export function readManifest(text: string, where: string): Manifest {
  const [json = '', hash] = splitLastLine(text);
  if (hash !== sha256(json)) throw edited(where, 'its last line is not the hash of the rest');
  let manifest: Manifest;
  try {
    manifest = JSON.parse(json) as Manifest;
  } catch (cause) {
    throw new OpsError({
      code: 'MANIFEST_BROKEN',
      exit: 'badData',
      message: `the manifest ${where} is not JSON`,
      hint: buildAgain,
      cause,
    });
  }
  if (manifest.format !== 1 || !Array.isArray(manifest.files) || !Array.isArray(manifest.links))
    throw edited(where, `it has format ${String(manifest.format)}, this Opsgraph knows 1`);
  // The hash of the text could have been made again; what it says must fit together too.
  if (contentHash(manifest) !== manifest.contentSha256 || !manifest.contentSha256.startsWith(manifest.id))
    throw edited(where, 'its files are not those of its content hash');
  return manifest;
}

/** Every file as `sha256sum -c` reads it. */
export function sumLines(files: readonly ReleaseFile[]): string[] {
  return files.map(({ sha256: sum, path }) => `${sum}  ${path}`);
}

const buildAgain = 'build it again: pnpm turbo run release --force';

function byPath<Entry extends { path: string }>(entries: readonly Entry[]): Entry[] {
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function contentHash({ application, migrations, files, links, directories = [] }: ManifestContent): string {
  const lines = files.map(({ path, mode, size, sha256: sum }) => `${sum} ${mode} ${size} ${path}`);
  const targets = links.map(({ path, target }) => `link ${path} -> ${target}`);
  const places = directories.map(({ path, mode }) => `directory ${mode} ${path}`);
  const range = [migrations.lowest ?? '', migrations.highest ?? ''];
  return sha256([application, ...range, ...lines, ...targets, ...places].join('\n'));
}

function splitLastLine(text: string): [string, string] {
  const end = text.trimEnd();
  const at = end.lastIndexOf('\n');
  return [end.slice(0, at), end.slice(at + 1)];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function edited(where: string, why: string): OpsError {
  return new OpsError({
    code: 'MANIFEST_EDITED',
    exit: 'badData',
    message: `the manifest ${where} was changed after it was written: ${why}`,
    hint: buildAgain,
  });
}
