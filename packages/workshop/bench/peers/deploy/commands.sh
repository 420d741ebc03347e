# What is done on a host after the upload, by both peers: check, switch, restart, wait until it answers.
set -eu
kind=$1 root=$2 release=$3 port=$4 node=$5
cd "$root"
if [ "$kind" != nothing ]; then
  (cd "releases/$release" && sha256sum --quiet -c SHA256SUMS)
  ln -s "releases/$release" current.new
  mv -T current.new current
  if [ -f pid ]; then
    old=$(cat pid)
    kill "$old"
    # one that has ended and of which nobody takes note (no init in a container) is gone as well
    while kill -0 "$old" 2>/dev/null && ! grep -q '^State:.*[ZX]' "/proc/$old/status" 2>/dev/null; do sleep 0.05; done
  fi
  cd "releases/$release"
  RELEASE=$release PORT=$port setsid "$node" src/main.mjs >"$root/log" 2>&1 </dev/null &
  echo $! >"$root/pid"
  cd "$root"
fi
[ "$(readlink current)" = "releases/$release" ]
# two good answers, as ours wants
answers=0
tries=0
while [ "$answers" -lt 2 ]; do
  if curl -fsS "http://127.0.0.1:$port/healthz" 2>/dev/null | grep -q "$release"; then answers=$((answers + 1)); else answers=0; fi
  tries=$((tries + 1))
  [ "$tries" -lt 200 ]
  [ "$answers" -lt 2 ] && sleep 0.05
done
:
