#!/bin/sh
# deployment.proxy.switch: 'OPS_PROXY_SOCKET=/run/haproxy/admin.sock /usr/local/bin/lead-to-haproxy 8080 8081'
# Leads requests to the server named p$OPS_PORT; the others finish what they have. Needs socat.
set -u
tell() {
  answer=$(echo "$1" | socat - "UNIX-CONNECT:$OPS_PROXY_SOCKET") || exit 1
  [ -z "$answer" ] || { echo "haproxy: $1: $answer" >&2; exit 1; }
}
# first the new one, so that there always is one; its check may not have seen it yet
tell "set server app/p$OPS_PORT state ready"
tell "set server app/p$OPS_PORT health up"
for port; do [ "$port" = "$OPS_PORT" ] || tell "set server app/p$port state drain"; done
