# Sourced: how the nginx of this machine is told of HTTP/2. Up to 1.25.0 "listen" takes a word; then it warns of that, and there is a
# directive.
# shellcheck shell=bash disable=SC2034
http2=' http2' http2_directive=''
version=$(nginx -v 2>&1 | sed -E 's|.*/([0-9.]+).*|\1|')
if [ "$(printf '%s\n' 1.25.1 "$version" | sort -V | head -n 1)" = 1.25.1 ]; then http2='' http2_directive='http2 on;'; fi
