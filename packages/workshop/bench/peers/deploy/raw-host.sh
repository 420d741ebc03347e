#!/bin/sh
# One host of a rollout as it is written by hand; `xargs -n 4 -P 4` runs it for all.
# The kind of rollout, files and names come from the environment: see ../../src/deploy/peers.ts.
set -eu
ssh_port=$1 port=$2 root=$3
new=$root/releases/$RELEASE

remote() {
  ssh -F none -T -a -x -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$KNOWN_HOSTS" \
    -o LogLevel=ERROR -o IdentitiesOnly=yes -i "$IDENTITY" -p "$ssh_port" 127.0.0.1 "$@"
}

case $KIND in
  first) remote "mkdir -p $new && tar -xf - -C $new" <"$ARCHIVE" ;;
  # tar makes new files, so that those of the former release keep their content
  update) remote "cp -al $root/releases/$FORMER $new && tar -xf - --unlink-first -C $new" <"$CHANGED" ;;
esac
remote sh -s -- "$KIND" "$root" "$RELEASE" "$port" "$NODE" <"$COMMANDS"
