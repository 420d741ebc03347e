import { listeningFunctions } from './listening.ts';
import { prelude } from './prelude.ts';

/** What the scripts call, beside what POSIX has every shell do itself. */
const tools = 'cat chmod cp cut date df find grep head ln mkdir mv readlink rm sleep tail tar touch wc'.split(' ');

/** What a host has; changes nothing, and works where nothing is yet. Few processes: it is asked at every step. */
export function inspectScript(root: string): string {
  return `${prelude(root)}
[ -e "$root" ] || { say root missing; exit 0; }
${readRoot}
:
`;
}

/**
 * The same, and whether it can be deployed there: its clock, its tools, its
 * room, and `taken` when another process listens at one of these ports.
 */
export function surveyScript(root: string, ports: readonly number[]): string {
  return `${prelude(root)}
${listeningFunctions}
say_taken() { for port in ${ports.join(' ')}; do intruder_at "$port" && say taken "$port" "$ops_who"; done; }
say_free() { df -Pk "$1" | { read -r ops_line; read -r ops_device ops_blocks ops_used ops_free ops_line; say free "$ops_free"; }; }
# not of POSIX: where it is unknown, or the file system has no such number, nothing is said
say_inodes() { df -Pi "$1" 2>/dev/null | { read -r ops_line; read -r ops_device ops_all ops_used ops_free ops_line; [ "$ops_all" -gt 0 ] && say inodes "$ops_free"; } 2>/dev/null; }
say now "$(now)"
has() { command -v "$1" >/dev/null 2>&1; }
for tool in ${tools.join(' ')}; do has "$tool" || say lacks "$tool"; done
has sha256sum || has shasum || say lacks sha256sum
has setsid || has nohup || say lacks setsid
# what takes a process to find out is asked of a host to which nothing was deployed yet
if [ ! -d "$root/.ops/fences" ]; then
  head -c 1 </dev/null >/dev/null 2>&1 || say lacks 'head -c'
  find / -prune -mmin -1 >/dev/null 2>&1 || say lacks 'find -mmin'
  # else a service that is told to end would be killed at once
  sleep 0.01 >/dev/null 2>&1 || say lacks 'sleep 0.01'
fi
if [ ! -e "$root" ]; then
  above=$root
  while [ ! -e "$above" ]; do above=\${above%/*}; above=\${above:-/}; done
  [ -w "$above" ] && say root missing || say root unwritable
  say_free "$above"
  say_inodes "$above"
  # what is looked at there is nobody's
  cd /
  say_taken
  exit 0
fi
${readRoot}
say_free .
say_inodes .
say_taken
:
`;
}

/** Enters the root and says what is in it; `remains` is set when something half made is there. */
export const readRoot = `cd -P "$root" 2>/dev/null || fail ROOT_UNUSABLE "$root is not a directory that may be entered"
[ -w . ] && say root ready || say root unwritable
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
first_of current/.release-shared.json
[ -n "$ops_said" ] && say shared "$ops_said"
case $current in releases/*) say current "\${current#releases/}" ;; '') ;; *) say strange "$current" ;; esac
[ -f .ops/turning ] && say turning
[ -f .ops/live ] && { read -r release; read -r deployment; read -r actor; read -r since; read -r port; read -r settings; say live "$release" "$deployment" "$actor" "$since" "$port" "$settings"; } <.ops/live
for entry in releases/*; do
  [ -d "$entry" ] || continue
  [ -f "$entry/.release.json" ] && say release "\${entry#releases/}" complete || say release "\${entry#releases/}" broken
done
for entry in .ops/settings/*; do
  [ -r "$entry/known" ] || continue
  first_of "$entry/mark"
  mark=$ops_said
  first_of "$entry/known"
  say settings "\${entry##*/}" "$mark" "$ops_said"
done
first_of .ops/application
[ -n "$ops_said" ] && say application "$ops_said"
for entry in .ops/service/*; do
  [ -f "$entry/release" ] || continue
  first_of "$entry/pid" 0
  is_running "$ops_said" && state=running || state=ended
  [ -f "$entry/failed" ] && [ -n "$(find "$entry/failed" -mmin -1)" ] && state=failing
  [ -f "$entry/pid" ] || state=unwatched
  first_of "$entry/release"
  release=$ops_said
  first_of "$entry/of"
  of=$ops_said
  first_of "$entry/settings"
  say service "\${entry##*/}" "$release" "$state" "$ops_said" "$of"
done
remains=
for entry in releases/.new-* .ops/settings/.new-* .ops/live.* .ops/current.* .ops/parted.* .ops/supervise.*; do
  [ -e "$entry" ] || [ -L "$entry" ] || continue
  remains=1
  say remains
  break
done
`;
