import { prelude } from './prelude.ts';

/** Reads what a host has; changes nothing, and works where nothing is yet. */
export function inspectScript(root: string): string {
  return `${prelude(root)}
say_free() { df -Pk "$1" | { read -r ops_line; read -r ops_device ops_blocks ops_used ops_free ops_line; say free "$ops_free"; }; }
say now "$(now)"
for tool in tar readlink ln mv; do command -v "$tool" >/dev/null 2>&1 || say lacks "$tool"; done
command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 || say lacks sha256sum
if [ ! -e "$root" ]; then
  above=$root
  while [ ! -e "$above" ]; do above=\${above%/*}; above=\${above:-/}; done
  [ -w "$above" ] && say root missing || say root unwritable
  say_free "$above"
  exit 0
fi
${'cd -P "$root" 2>/dev/null || fail ROOT_UNUSABLE "$root is not a directory that may be entered"'}
[ -w . ] && say root ready || say root unwritable
say_free .
highest=0
for entry in .ops/fences/*; do
  number=\${entry##*/}
  case $number in '' | *[!0-9]*) continue ;; esac
  [ "$number" -gt "$highest" ] && highest=$number
done
first_of ".ops/fences/$highest/ledger"
ledger=$ops_said
first_of ".ops/fences/$highest/until" 0
until=$ops_said
first_of ".ops/fences/$highest/holder"
say fence "$highest" "$ledger" "$until" "$ops_said"
current=
[ -L current ] && current=$(readlink current)
case $current in releases/*) say current "\${current#releases/}" ;; '') ;; *) say strange "$current" ;; esac
[ -f .ops/turning ] && say turning
[ -f .ops/live ] && { read -r release; read -r deployment; read -r actor; read -r since; read -r port; say live "$release" "$deployment" "$actor" "$since" "$port"; } <.ops/live
for entry in releases/*; do
  [ -d "$entry" ] || continue
  [ -f "$entry/.release.json" ] && say release "\${entry#releases/}" complete || say release "\${entry#releases/}" broken
done
for entry in .ops/service/*; do
  [ -f "$entry/pid" ] || continue
  first_of "$entry/pid" 0
  is_running "$ops_said" && state=running || state=ended
  [ -f "$entry/failed" ] && [ -n "$(find "$entry/failed" -mmin -1)" ] && state=failing
  first_of "$entry/release"
  say service "\${entry##*/}" "$ops_said" "$state"
done
for entry in releases/.new-* .ops/live.* .ops/current.* .ops/supervise.*; do
  [ -e "$entry" ] || [ -L "$entry" ] || continue
  say remains
  break
done
:
`;
}
