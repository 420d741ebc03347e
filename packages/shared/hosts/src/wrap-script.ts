/** What a shell that stays gets first: scripts have nothing on their standard input, their watch has this. */
export const beginShell = 'exec 3<&0\n';

/** No script: only what says that the shell is there. */
export function greet(_body: string, end: string): string {
  return `printf '\\n%s\\n' '${end}'\n`;
}

/**
 * A script for a shell that reads its scripts from standard input, one after
 * the other, each ending with its caller. The shell reads all of it before it
 * runs anything (a compound command); from then on nothing but the end of the
 * input is awaited there, which comes when the caller, its ssh or the
 * connection is gone, however that happened. Then the whole process group gets
 * TERM and 3 s later KILL. A service lives on: it has its own session.
 *
 * @param end what the shell says after a script that went well; another one ends the shell, with its exit code
 */
export function wrapScript(body: string, end: string): string {
  return `{
(
  trap '' TERM HUP INT
  while read -r ops_line; do :; done <&3
  kill -TERM 0
  sleep 3
  kill -KILL 0
) >/dev/null 2>&1 &
ops_watch=$!
(
exec </dev/null 3<&-
${body}
)
ops_status=$?
# before it says anything: what comes then is for the shell
{ kill -KILL "$ops_watch"; wait "$ops_watch"; } 2>/dev/null
${conclude(end)}
}
`;
}

/**
 * The same for a script that says \`ready\` and then reads what it is sent
 * from standard input. It must notice itself when that is cut, and end badly
 * unless it has read all of it: the rest would be taken for scripts.
 */
export function wrapReader(body: string, end: string): string {
  return `{
(
exec 3<&-
${body}
)
ops_status=$?
${conclude(end)}
}
`;
}

function conclude(end: string): string {
  return `[ "$ops_status" -eq 0 ] || exit "$ops_status"
printf '\\n%s\\n' '${end}'`;
}
