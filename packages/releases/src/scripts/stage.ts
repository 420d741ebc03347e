import { dirname } from 'node:path/posix';
import type { Manifest, ReleaseFile, ReleaseLink } from '../artifact/manifest.ts';
import { sumLines } from '../artifact/manifest.ts';
import { enterRoot, type HostLease, holdLease, prelude, word } from './prelude.ts';

export interface Staging {
  root: string;
  lease: HostLease;
  manifest: Manifest;
  /** A release on the host whose equal files become hard links; undefined: there is none. */
  base: { id: string; same: readonly ReleaseFile[] } | undefined;
}

/** Where a release is put together, before it gets its name. */
export function stagingDirectory(id: string): string {
  return `releases/.new-${id}`;
}

/**
 * Says `complete` when the release is there, else makes its directory, links
 * what the base has, and says `linked` or `unlinked`. The base is checked
 * first: a file that somebody edited there must not spread.
 */
export function stageScript({ root, lease, manifest, base }: Staging): string {
  const staging = word(stagingDirectory(manifest.id));
  return `${prelude(root)}
mkdir -p "$root" || fail ROOT_UNUSABLE "$root cannot be created"
${enterRoot}
${holdLease(lease)}
if [ -f releases/${manifest.id}/.release.json ]; then say complete; exit 0; fi
mkdir -p releases shared .ops/log
rm -rf ${staging} && mkdir ${staging} || exit 1
new=$root/${staging}
cd "$new"
${makeDirectories(manifest)}
${base === undefined || base.same.length === 0 ? 'say unlinked' : linkBase(base.id, base.same)}
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
say linked
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

export interface Completion {
  root: string;
  lease: HostLease;
  manifest: Manifest;
  shared: readonly string[];
  /** What .release.json shall say. */
  record: string;
}

/** Checks every file, sets links, and gives the release its name: from then on it is there, whole. */
export function completeScript({ root, lease, manifest, shared, record }: Completion): string {
  const staging = word(stagingDirectory(manifest.id));
  return `${prelude(root)}
${enterRoot}
${holdLease(lease)}
cd ${staging} || fail RELEASE_DAMAGED "what was uploaded is gone"
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
hold
mv ${staging} releases/${manifest.id} || exit 1
say complete
`;
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
