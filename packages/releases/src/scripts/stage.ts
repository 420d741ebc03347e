import { dirname } from 'node:path/posix';
import type { Manifest, ReleaseFile, ReleaseLink } from '../artifact/manifest.ts';
import { sumLines } from '../artifact/manifest.ts';
import { type HostLease, holdLease } from './hold-lease.ts';
import { enterRoot, prelude, word } from './prelude.ts';

/** Where a release is put together, before it gets its name. */
export function stagingDirectory(id: string): string {
  return `releases/.new-${id}`;
}

/** The file that comes first in the archive, and is no part of the release: what is too long for a command line. */
export const assembly = '.ops-assemble';

/**
 * Reads an archive of new files, and assembles the release as the archive's
 * first file says. Says `complete`, or `unlinked` when the base is not what it
 * should be: then all files must be sent.
 */
export function stageScript({ root, lease, id }: { root: string; lease: HostLease; id: string }): string {
  const staging = word(stagingDirectory(id));
  return `${prelude(root)}
mkdir -p "$root" || fail ROOT_UNUSABLE "$root cannot be created"
${enterRoot}
${holdLease(lease)}
if [ -f releases/${id}/.release.json ]; then say complete; exit 0; fi
mkdir -p releases shared .ops/log
rm -rf ${staging} && mkdir ${staging} || exit 1
new=$root/${staging}
cd "$new"
tar -xf - || exit 1
[ -f ${assembly} ] || fail RELEASE_DAMAGED "what was uploaded is not whole"
. ./${assembly}
hold
mv ${staging} releases/${id} || exit 1
say complete
`;
}

export interface Assembly {
  manifest: Manifest;
  /** A release on the host whose equal files become hard links; undefined: there is none. */
  base: { id: string; same: readonly ReleaseFile[] } | undefined;
  shared: readonly string[];
  /** What .release.json shall say. */
  record: string;
}

/**
 * Runs in the directory of the new release: links what the base has, after
 * checking it (a file that somebody edited there must not spread), checks
 * every file, sets links.
 */
export function assembleScript({ manifest, base, shared, record }: Assembly): string {
  return `rm ${assembly}
${makeDirectories(manifest)}
${base === undefined || base.same.length === 0 ? '' : linkBase(base.id, base.same)}
cd "$new" || exit 1
bad=$(sums -c 2>/dev/null <<'OPS_SUMS' | grep -v ': OK$' | head -n 3
${sumLines(manifest.files).join('\n')}
OPS_SUMS
)
[ -n "$bad" ] && fail RELEASE_DAMAGED "not what was sent: $(echo $bad)"
[ "$(find . -type f | wc -l)" -eq ${manifest.files.length} ] || fail RELEASE_DAMAGED "it has other files than its manifest"
${manifest.links.map(linkCommand).join('\n')}
${shared.map(sharedCommands).join('\n')}
cat >.release.json <<'OPS_RECORD' || exit 1
${record}
OPS_RECORD
cd "$root"
`;
}

function linkBase(id: string, same: readonly ReleaseFile[]): string {
  return `cd "$root/releases/${id}" || { say unlinked; exit 0; }
if ! sums -c >/dev/null 2>&1 <<'OPS_SUMS'
${sumLines(same).join('\n')}
OPS_SUMS
then say unlinked; exit 0; fi
set -e
${linkCommands(same).join('\n')}
set +e
`;
}

/** One \`ln\` for the files of one directory, in portions that fit on a command line. */
function linkCommands(files: readonly ReleaseFile[]): string[] {
  const portion = 200;
  const byDirectory = Map.groupBy(files, ({ path }) => dirname(path));
  return [...byDirectory].flatMap(([directory, inside]) =>
    Array.from({ length: Math.ceil(inside.length / portion) }, (_, index) => {
      const names = inside.slice(index * portion, (index + 1) * portion).map(({ path }) => word(`./${path}`));
      return `ln ${names.join(' ')} "$new"/${word(`./${directory}/`)}`;
    }),
  );
}

function makeDirectories({ files, links }: Manifest): string {
  const directories = [...new Set([...files, ...links].map(({ path }) => dirname(path)))].filter(
    (path) => path !== '.',
  );
  if (directories.length === 0) return ':';
  return `while IFS= read -r directory; do printf '%s\\0' "./$directory"; done <<'OPS_DIRECTORIES' | xargs -0 mkdir -p
${directories.join('\n')}
OPS_DIRECTORIES`;
}

function linkCommand({ path, target }: ReleaseLink): string {
  return `ln -s ${word(target)} ${word(`./${path}`)} || exit 1`;
}

/** `shared/<path>` lives longer than a release; what the release brings is its first content. */
function sharedCommands(path: string): string {
  const up = path.split('/').fill('..').join('/');
  return `if [ ! -e "$root"/shared/${word(`./${path}`)} ]; then
  mkdir -p "$root"/shared/${word(`./${dirname(path)}`)}
  if [ -e ${word(`./${path}`)} ]; then cp -R ${word(`./${path}`)} "$root"/shared/${word(`./${path}`)}; else mkdir "$root"/shared/${word(`./${path}`)}; fi || exit 1
fi
mkdir -p ${word(`./${dirname(path)}`)}
rm -rf ${word(`./${path}`)}
ln -s ${word(`${up}/../shared/${path}`)} ${word(`./${path}`)} || exit 1`;
}
