/**
 * A script for `sh -s` that ends with its caller. The shell reads all of it
 * before it runs anything (a compound command); from then on nothing but the
 * end of the input is awaited there, which comes when the caller, its ssh or
 * the connection is gone, however that happened. Then the whole process group
 * gets TERM and 3 s later KILL. A service lives on: it has its own session.
 */
export function wrapScript(body: string): string {
  return `{
exec 3<&0 </dev/null
(
  trap '' TERM HUP INT
  while read -r ops_line; do :; done <&3
  kill -TERM 0
  sleep 3
  kill -KILL 0
) >/dev/null 2>&1 &
ops_watch=$!
exec 3<&-
(
${body}
)
ops_status=$?
exec 2>/dev/null
kill -KILL "$ops_watch"
exit "$ops_status"
}
`;
}
