/**
 * `freshen RELEASE`, before it is made live: every file that is not the very one that is live at its path now gets a
 * new modification time, later than any before here. Web servers make ETag and Last-Modified of it, so what a browser
 * was given by another release must not look newer, nor the same. Unchanged files are hard links and keep theirs.
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
  find "releases/$1" -type f | (
    ops_above=releases/$1
    set --
    while IFS= read -r ops_file; do
      [ -n "$ops_live" ] && [ "$ops_file" -ef "$ops_live\${ops_file#"$ops_above"}" ] && continue
      set -- "$@" "$ops_file"
      [ "$#" -lt 200 ] && continue
      stamp "$@" || exit 1
      set --
    done
    [ "$#" -eq 0 ] || stamp "$@"
  ) || exit 1
}
# POSIX has no seconds since 1970 here, all of Linux has
stamp() { touch -c -d "@$ops_modified" "$@" 2>/dev/null || touch -c "$@"; }
`;
}
