import { createHash } from 'node:crypto';

/** Bytes of the service's log; with the one before it there are twice as many, and what comes between two looks. */
export const largestLog = 10_000_000;
/** Seconds. */
const lookAtLog = 10;

/**
 * Keeps one command running: after it has ended it is started again, later
 * each time (up to 30 s), until TERM. A command that ends well at once has put
 * itself into the background and cannot be kept.
 */
export const supervisor = `slot=$1
shift
state=$OPS_ROOT/.ops/service/$slot
stopping=
child=
put() { printf '%s\\n' "$2" >"$1.$$" && mv -f "$1.$$" "$1"; }
trap 'stopping=1; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null' TERM INT
trap '' HUP
born=
{ read -r stat </proc/$$/stat; } 2>/dev/null && set_born() { shift 19; born=$1; } && set_born \${stat##*) }
printf '%s\\n' "$born" >"$state/born"
put "$state/pid" $$
# whoever started us waits for this
exec 4>&-
# seconds; not of the clock of the day, which may jump, where there is another one
seconds() { { read -r uptime </proc/uptime; } 2>/dev/null && seconds=\${uptime%%.*} || seconds=$(date +%s); }
# what is appended to a file that was emptied goes to its beginning
bound_log() {
  log=$OPS_ROOT/.ops/log/service.log
  while :; do
    sleep ${lookAtLog}
    kill -0 $$ 2>/dev/null || exit
    [ "$(wc -c <"$log")" -gt ${largestLog} ] || continue
    # on a full disk the old words give way
    cp -f "$log" "$log.1" || rm -f "$log.1"
    printf '' >"$log" && echo 1 >"\${log%/*}/begun"
  done
}
bound_log 2>/dev/null &
trap "kill $! 2>/dev/null" EXIT
pause=1
while :; do
  seconds
  began=$seconds
  "$@" 3>&- &
  child=$!
  while :; do
    wait "$child"
    status=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=
  [ -n "$stopping" ] && exit 0
  seconds
  lasted=$((seconds - began))
  echo "the service ended with $status after $lasted s"
  if [ "$status" -eq 0 ] && [ "$lasted" -lt 2 ]; then
    put "$state/failed" "its command ended at once, with 0: it must stay in the foreground, also though its standard input is at its end"
    exit 1
  fi
  put "$state/failed" "it ended with $status after $lasted s"
  [ "$lasted" -gt 60 ] && pause=1
  sleep "$pause" &
  wait $!
  [ -n "$stopping" ] && exit 0
  pause=$((pause * 2))
  [ "$pause" -gt 30 ] && pause=30
done
`;

/** Its first line on a host: says whether what lies there is this one. */
export const supervisorMark = `# ${createHash('sha256').update(supervisor).digest('hex').slice(0, 16)}`;
