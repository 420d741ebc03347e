import { word } from '@opsgraph/hosts';
import { type HostLease, holdLease } from './hold-lease.ts';
import { readRoot } from './inspect.ts';
import { enterRoot, prelude } from './prelude.ts';

/**
 * Removes these releases and what deployments that died left half made. The
 * live one stays whatever was asked.
 */
export function removeReleasesScript(
  root: string,
  lease: HostLease,
  releases: readonly string[],
  settings: readonly string[],
): string {
  return `${prelude(root)}
${enterRoot}
${holdLease(lease)}
live=
[ -L current ] && live=$(readlink current)
for release in ${releases.join(' ')}; do
  [ "releases/$release" = "$live" ] && continue
  grep -qx "$release" .ops/service/*/release 2>/dev/null && continue
  [ -d "releases/$release" ] || continue
  # first its manifest: what is half removed is no release
  rm -f "releases/$release/.release.json" && rm -rf "releases/$release" && say removed "$release"
done
# they hold secrets: none stays longer than somebody may go back to it
for settings in ${settings.map(word).join(' ')}; do
  grep -qx "$settings" .ops/live .ops/service/*/of 2>/dev/null || rm -rf ".ops/settings/$settings"
done
rm -rf releases/.new-* .ops/settings/.new-* .ops/live.* .ops/current.* .ops/parted.* .ops/supervise.*
:
`;
}

/**
 * Says what the host has and, when there is nothing to remove beside these
 * releases, gives it back: \`closed\`. In one script, because that is what
 * most deployments end with.
 */
export function closeIfTidyScript(
  root: string,
  lease: HostLease,
  kept: readonly string[],
  settings: readonly string[],
): string {
  return `${prelude(root)}
[ -d "$root" ] || { say root missing; say closed; exit 0; }
${readRoot}
for entry in releases/*; do
  case ' ${kept.join(' ')} ' in *" \${entry#releases/} "*) ;; *) remains=1 ;; esac
done
for entry in .ops/settings/*; do
  case ${word(` * ${settings.join(' ')} `)} in *" \${entry#.ops/settings/} "*) ;; *) remains=1 ;; esac
done
[ -z "$remains" ] || exit 0
[ -d ".ops/fences/${lease.fence}" ] && put ".ops/fences/${lease.fence}/until" 0
say closed
`;
}

/** Gives the host back; the fence stays, so that what comes late is refused. */
export function releaseLeaseScript(root: string, lease: HostLease): string {
  return `${prelude(root)}
[ -d "$root" ] || exit 0
${enterRoot}
[ -d ".ops/fences/${lease.fence}" ] && put ".ops/fences/${lease.fence}/until" 0
:
`;
}
