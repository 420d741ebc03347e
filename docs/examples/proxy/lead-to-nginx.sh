#!/bin/sh
# deployment.proxy.switch: 'OPS_PROXY_DIRECTORY=/etc/nginx /usr/local/bin/lead-to-nginx'
# Leads requests to $OPS_PORT by a new upstream.conf and a reload.
set -eu
# where nginx is, which the PATH of an ordinary user does not name
PATH=$PATH:/usr/sbin:/usr/local/sbin
cd "$OPS_PROXY_DIRECTORY"
echo "server 127.0.0.1:$OPS_PORT;" >upstream.conf.new
mv upstream.conf.new upstream.conf
nginx -p "$OPS_PROXY_DIRECTORY" -c nginx.conf -t -q
nginx -p "$OPS_PROXY_DIRECTORY" -c nginx.conf -s reload
