#!/bin/sh
# `ops`: runs with the Node that this checkout pins, whatever Node the caller
# has, or none: cron, systemd and a link on the PATH know nothing of pnpm.
# Without a pinned one the caller's serves; ops.mjs says whether it may.
self=$(readlink -f -- "$0") || exit 78
here=${self%/*}
node=${here%/packages/core/cli}/node_modules/.bin/node
[ -x "$node" ] || node=node
exec "$node" "$here/ops.mjs" "$@"
