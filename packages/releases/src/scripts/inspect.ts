import { prelude } from './prelude.ts';

/** Reads what a host has; changes nothing, and works where nothing is yet. */
export function inspectScript(root: string): string {
  return `${prelude(root)}
say now "$(now)"
for tool in tar readlink ln mv; do command -v "$tool" >/dev/null 2>&1 || say lacks "$tool"; done
command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 || say lacks sha256sum
if [ ! -e "$root" ]; then
  above=$root
  while [ ! -e "$above" ]; do above=\${above%/*}; above=\${above:-/}; done
  [ -w "$above" ] && say root missing || say root unwritable
  say free "$(df -Pk "$above" | awk 'NR == 2 { print $4 }')"
  exit 0
fi
${'cd -P "$root" 2>/dev/null || fail ROOT_UNUSABLE "$root is not a directory that may be entered"'}
[ -w . ] && say root ready || say root unwritable
say free "$(df -Pk . | awk 'NR == 2 { print $4 }')"
highest=0
for entry in .ops/fences/*; do
  number=\${entry##*/}
  case $number in '' | *[!0-9]*) continue ;; esac
  [ "$number" -gt "$highest" ] && highest=$number
done
say fence "$highest" "$(cat ".ops/fences/$highest/ledger" 2>/dev/null)" "$(cat ".ops/fences/$highest/until" 2>/dev/null || echo 0)" "$(cat ".ops/fences/$highest/holder" 2>/dev/null)"
current=$(readlink current 2>/dev/null)
case $current in releases/*) say current "\${current#releases/}" ;; '') ;; *) say strange "$current" ;; esac
[ -f .ops/turning ] && say turning
[ -f .ops/live ] && say live "$(sed -n 1p .ops/live)" "$(sed -n 2p .ops/live)" "$(sed -n 3p .ops/live)" "$(sed -n 4p .ops/live)" "$(sed -n 5p .ops/live)"
for entry in releases/*; do
  [ -d "$entry" ] || continue
  [ -f "$entry/.release.json" ] && say release "\${entry#releases/}" complete || say release "\${entry#releases/}" broken
done
for entry in .ops/service/*; do
  [ -f "$entry/pid" ] || continue
  pid=$(cat "$entry/pid")
  state=ended
  if kill -0 "$pid" 2>/dev/null; then
    case $(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null) in Z* | X*) ;; *) state=running ;; esac
  fi
  [ -n "$(find "$entry/failed" -mmin -1 2>/dev/null)" ] && state=failing
  say service "\${entry##*/}" "$(cat "$entry/release" 2>/dev/null)" "$state"
done
:
`;
}
