/**
 * `freshen RELEASE`, before it is made live: every file that is not the very one that is live at its path now gets a
 * new modification time, later than any before here. Web servers make ETag and Last-Modified of it, so what a browser
 * was given by another release must not look newer, nor the same. Unchanged files are hard links and keep theirs; but
 * where a link leads to one that was not there, it is another file to whoever asks by the link's path.
 *
 * @param time seconds since 1970: the same on all hosts, so that they answer alike
 */
export function freshenFunction(time: number): string {
  return `freshen() {
  ops_live=
  [ -L current ] && ops_live=$(readlink current)
  [ "$ops_live" = "releases/$1" ] && return
  first_of .ops/modified 0
  # releases of an Opsgraph that knew one time only
  [ "$ops_said" -eq 0 ] && ops_live=
  ops_modified=${time}
  [ "$ops_modified" -gt "$ops_said" ] || ops_modified=$((ops_said + 1))
  put .ops/modified "$ops_modified" || exit 1
  ops_here=$(pwd -P)
  (
    ops_above=releases/$1
    # the words of the list are its lines; reading them one by one would be a system call for each letter
    IFS='
'
    set -f
    ops_files=$(find "$ops_above" -type f -o -type l) || exit 1
    set --
    for ops_file in $ops_files; do
      if [ -L "$ops_file" ]; then
        [ -z "$ops_live" ] || part "$ops_file" "$ops_live\${ops_file#"$ops_above"}" || exit 1
        continue
      fi
      [ -n "$ops_live" ] && [ "$ops_file" -ef "$ops_live\${ops_file#"$ops_above"}" ] && continue
      set -- "$@" "$ops_file"
      [ "$#" -lt 200 ] && continue
      stamp "$@" || exit 1
      set --
    done
    [ "$#" -eq 0 ] || stamp "$@"
  ) || exit 1
}
# \`part LINK LIVE\`: where the link is another one now, what it leads to is no longer the very file that is live
part() {
  [ "$1" -ef "$2" ] && return
  [ "$1" -ef "shared\${1#"$ops_above"}" ] && return
  [ -L "$2" ] && [ "$(readlink "$1")" = "$(readlink "$2")" ] && return
  find -L "$1" -type f 2>/dev/null | while IFS= read -r ops_target; do
    while [ -L "$ops_target" ]; do ops_target=\${ops_target%/*}/$(readlink "$ops_target"); done
    ops_inside=$(cd -P "\${ops_target%/*}" && pwd -P) || exit 1
    # not what is shared with other releases
    case $ops_inside/ in "$ops_here/$ops_above/"*) ;; *) continue ;; esac
    ops_inside=\${ops_inside#"$ops_here/$ops_above"}/\${ops_target##*/}
    [ "$ops_above$ops_inside" -ef "$ops_live$ops_inside" ] || continue
    cp -p "$ops_above$ops_inside" .ops/parted.$$ && mv -f .ops/parted.$$ "$ops_above$ops_inside" &&
      stamp "$ops_above$ops_inside" || exit 1
  done
}
# POSIX has no seconds since 1970 here, all of Linux has
stamp() { touch -c -d "@$ops_modified" "$@" 2>/dev/null || touch -c "$@"; }
`;
}
