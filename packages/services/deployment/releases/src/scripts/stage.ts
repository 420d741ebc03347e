import { basename, dirname } from 'node:path/posix';
import { word } from '@opsgraph/hosts';
import type { Manifest, ReleaseDirectory, ReleaseLink } from '../artifact/manifest.ts';
import { sumLines } from '../artifact/manifest.ts';
import { type HostLease, holdLease } from './hold-lease.ts';
import { enterRoot, prelude } from './prelude.ts';

/** Where a release is put together, before it gets its name. */
export function stagingDirectory(id: string): string {
  return `releases/.new-${id}`;
}

export interface Staging {
  root: string;
  lease: HostLease;
  manifest: Manifest;
  /** A release on the host with files for hard links; undefined: all files are sent. */
  base: string | undefined;
  /** Of the archive: the input continues after it. */
  bytes: number;
  shared: readonly string[];
  /** What .release.json says. */
  record: string;
}

/**
 * Reads an archive of the files that are new, with hard links to those that
 * the base has, and checks every file: also one that somebody edited in the
 * base must not spread. Says `complete`, or `unlinked` when the base is not
 * what it should be: then all files must be sent.
 */
export function stageScript({ root, lease, manifest, base, bytes, shared, record }: Staging): string {
  const { id, files, links, directories = [] } = manifest;
  const staging = word(stagingDirectory(id));
  return `${prelude(root)}
[ -d "$root" ] || mkdir -p "$root" || fail ROOT_UNUSABLE "$root cannot be created"
${enterRoot}
${holdLease(lease)}
if [ -f releases/${id}/.release.json ]; then say complete; exit 0; fi
[ -d releases ] && [ -d shared ] || mkdir -p releases shared
[ -d .ops/log ] || mkdir -p -m 700 .ops/log
[ -d ${staging} ] && rm -rf ${staging}
mkdir ${staging} || exit 1
cd ${base === undefined ? staging : 'releases'} || exit 1
say ready
head -c ${bytes} | tar -xf - || ${base === undefined ? 'exit 1' : 'unlinked=1'}
cd "$root"/${staging} || exit 1
ops_sums=${word(sumLines(files).join('\n'))}
check() { printf '%s\\n' "$ops_sums" | sums -c 2>/dev/null; }
${base === undefined ? requireSent(files.length) : `if [ -n "\${unlinked:-}" ] || ! check >/dev/null; then say unlinked; exit 10; fi`}
${links.map(linkCommand).join('\n')}
${directories.map(directoryCommand).join('\n')}
${shared.map(sharedCommands).join('\n')}
printf '%s\\n' ${word(JSON.stringify(shared))} >.release-shared.json && printf '%s\\n' ${word(record)} >.release.json || exit 1
cd "$root"
hold
mv ${staging} releases/${id} || exit 1
say complete
`;
}

/** The archive as it was built may have been changed since. */
function requireSent(files: number): string {
  return `check >/dev/null || fail RELEASE_DAMAGED "not what was sent: $(echo $(check | grep -v ': OK$' | head -n 3))"
[ "$(find . -type f | wc -l)" -eq ${files} ] || fail RELEASE_DAMAGED "it has other files than its manifest"`;
}

function linkCommand({ path, target }: ReleaseLink): string {
  const directory = word(`./${dirname(path)}`);
  return `{ [ -d ${directory} ] || mkdir -p ${directory}; } && ln -s ${word(target)} ${word(`./${path}`)} || exit 1`;
}

function directoryCommand({ path, mode }: ReleaseDirectory): string {
  return `{ mkdir -p ${word(`./${path}`)} && chmod ${mode} ${word(`./${path}`)}; } || exit 1`;
}

/** `shared/<path>` lives longer than a release; what the release brings is its first content. */
function sharedCommands(path: string): string {
  const up = path.split('/').fill('..').join('/');
  // what it would be nobody has said: '.env' is a file mostly
  const make = basename(path).includes('.')
    ? `fail SHARED_MISSING "neither the host nor the release has ${path.replaceAll(/["$`\\]/g, '\\$&')}, which deployment.shared names (in $root/shared)"`
    : `mkdir "$root"/shared/${word(`./${path}`)}`;
  return `if [ ! -e "$root"/shared/${word(`./${path}`)} ]; then
  mkdir -p "$root"/shared/${word(`./${dirname(path)}`)}
  if [ -e ${word(`./${path}`)} ]; then cp -R ${word(`./${path}`)} "$root"/shared/${word(`./${path}`)}; else ${make}; fi || exit 1
fi
mkdir -p ${word(`./${dirname(path)}`)}
rm -rf ${word(`./${path}`)}
ln -s ${word(`${up}/../shared/${path}`)} ${word(`./${path}`)} || exit 1`;
}
