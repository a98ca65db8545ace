#!/usr/bin/env bash
# nginx -t on every configuration here, in a temporary directory and without privileges.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
PATH=$PATH:/usr/sbin:/sbin
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

ln -s "$here" "$directory/dial-adapter"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 1 -subj /CN=localhost \
    -keyout "$directory/key.pem" -out "$directory/certificate.pem" 2>/dev/null

# shellcheck source=nginx/http2.sh
. "$here/http2.sh"

# Only what a test without privileges cannot have is changed: low ports, system directories.
prepare() {
    sed -e "s|/var/log/nginx|$directory|; s|/run/dial-adapter|$directory|" \
        -e "s|/etc/nginx/dial-adapter/|$directory/|" \
        -e 's/listen \(\[::\]:\)\?80;/listen 127.0.0.1:18080;/; s/listen \(\[::\]:\)\?443 /listen 127.0.0.1:18443 /' \
        -e "s/ ssl http2;/ ssl$http2;$http2_directive/" "$1" |
        awk '!/^ *listen/ || !seen[$0]++'
}

whole() {
    cat <<CONF
pid $directory/nginx.pid;
events {}
http {
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    proxy_temp_path proxy;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    $1
}
CONF
}

check() {
    local output
    if ! output=$(nginx -t -q -p "$directory" -c "$2" -e stderr 2>&1) || [ -n "$output" ]; then
        printf '%s: nginx -t says:\n%s\n' "$1" "$output" >&2
        exit 1
    fi
}

prepare "$here/site.conf" >"$directory/site.conf"
whole "include site.conf;" >"$directory/whole-site.conf"
check site.conf whole-site.conf

whole "include dial-adapter/upstream.conf; server { listen 127.0.0.1:18080; include dial-adapter/snippet.conf; }" \
    >"$directory/whole-snippet.conf"
check snippet.conf whole-snippet.conf

cp "$here/unprivileged.conf" "$here/upstream.conf" "$here/playground.conf" "$directory"
echo 'worker_connections 512;' >"$directory/limits.conf"
printf '%s\n' 'listen 127.0.0.1:18080;' "listen 127.0.0.1:18443 ssl$http2;" "$http2_directive" 'ssl_certificate certificate.pem;' \
    'ssl_certificate_key key.pem;' >"$directory/listen.conf"
sed -e "s|@DIRECTORY@|$directory|; s|@PORT@|18081|" "$here/sandbox.conf.template" >"$directory/sandbox.conf"
check unprivileged.conf unprivileged.conf
