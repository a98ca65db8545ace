#!/usr/bin/env bash
# Runs nginx and the adapter (and the sandbox where there is no AWS) in one temporary directory, without privileges,
# until Ctrl-C or SIGTERM; used by `make serve`, the container and the acceptance tests.
#
#   HOST      address to listen on                                                      127.0.0.1 and ::1
#   PORT      HTTP                                                                      5001
#   TLS_PORT  HTTPS with HTTP/2 under a self-made certificate; empty: none              5443
#   PLAYGROUND  yes, no, or auto: yes unless HOST lets other machines in                auto
#   SANDBOX   yes, no, or auto: yes where neither environment nor .env name AWS access  auto
#   SANDBOX_PORT  the sandbox's, on 127.0.0.1 only                                      PORT + 1
#   BINARIES  where bedrock-adapter and bedrock-sandbox are                             .build/release
#   STATE     where the certificate is kept                                             .build/development
set -euo pipefail

port=${PORT:-5001}
host=${HOST:-}
# An IPv6 address, which has brackets in URLs and for nginx.
if [[ $host = *:* && $host != \[* ]]; then host="[$host]"; fi
tls_port=${TLS_PORT-5443}
playground=${PLAYGROUND:-auto}
sandbox=${SANDBOX:-auto}
binaries=$(realpath "${BINARIES:-.build/release}")
state=${STATE:-.build/development}
here=$(dirname "$(realpath "$0")")
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }
fail() { printf 'start.sh: %s\n' "$*" >&2; exit 1; }

# True when the environment or .env gives the variable a value; an empty one in the environment hides that of .env.
configured() {
    [ -n "${!1:-}" ] ||
        { [ -z "${!1+set}" ] && [ -f .env ] && grep -qE "^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*[\"']?[^][:space:]#\"']" .env; }
}

# A variable's value in whole seconds, rounded up; the environment wins over .env.
seconds() {
    local value=${!1:-}
    if [ -z "${!1+set}" ] && [ -f .env ]; then
        value=$(sed -nE "s/^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*[\"']?([0-9.]+).*/\\2/p" .env | tail -n 1)
    fi
    [[ $value =~ ^([0-9]+)(\.[0-9]*)?$ ]] || { say "$2" && return; }
    say $((10#${BASH_REMATCH[1]} + (${#BASH_REMATCH[2]} > 1 ? 1 : 0)))
}

aws_configured() {
    local name
    for name in AWS_ACCESS_KEY_ID AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ASSUME_ROLE_ARN AWS_BEARER_TOKEN_BEDROCK \
        AWS_WEB_IDENTITY_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI \
        AWS_SHARED_CREDENTIALS_FILE AWS_CONFIG_FILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_BEDROCK_RUNTIME; do
        if configured "$name"; then return 0; fi
    done
    return 1
}

sandbox_reason='No AWS credentials in the environment or .env'
case $sandbox in
    yes) sandbox_reason='SANDBOX=yes' ;;
    no) ;;
    auto) if aws_configured; then sandbox=no; else sandbox=yes; fi ;;
    *) fail "SANDBOX=$sandbox: it is yes, no or auto" ;;
esac

case $playground in
    yes | no) ;;
    auto) case ${host:-127.0.0.1} in 127.* | '[::1]' | localhost) playground=yes ;; *) playground=no ;; esac ;;
    *) fail "PLAYGROUND=$playground: it is yes, no or auto" ;;
esac

grace=$(seconds DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS 30)
drain_delay=$(seconds DIAL_ADAPTER_DRAIN_DELAY_SECONDS 0)

for name in PORT TLS_PORT SANDBOX_PORT; do
    if ! [[ ${!name:-1} =~ ^[1-9][0-9]{0,4}$ && ${!name:-1} -le 65535 ]]; then fail "$name=${!name}: it is a port's number"; fi
done
command -v nginx >/dev/null || fail "nginx is not installed (make deps)"
[ -x "$binaries/bedrock-adapter" ] || fail "$binaries/bedrock-adapter is missing (make build)"
[ "$sandbox" = no ] || [ -x "$binaries/bedrock-sandbox" ] || fail "$binaries/bedrock-sandbox is missing (make build)"

sandbox_port=${SANDBOX_PORT:-$((port + 1))}

taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
used_ports=("$port")
[ -z "$tls_port" ] || used_ports+=("$tls_port")
[ "$sandbox" = no ] || used_ports+=("$sandbox_port")
[ "$(printf '%s\n' "${used_ports[@]}" | sort -u | wc -l)" = ${#used_ports[@]} ] ||
    fail "the ports ${used_ports[*]} are not different; choose others, such as: make serve PORT=8001 TLS_PORT=8443"
for used in "${used_ports[@]}"; do
    ! taken "$used" || fail "port $used is in use; choose another, such as: make serve PORT=8001 TLS_PORT=8443"
done

# Every open stream takes two descriptors in nginx and two in the adapter.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
descriptors=$(ulimit -n)
if [ "$descriptors" = unlimited ] || [ "$descriptors" -gt 65536 ]; then
    descriptors=65536
    ulimit -n "$descriptors"
fi

# nginx's configuration takes no blanks in a path, and a socket's path has 107 bytes.
temporary=${TMPDIR:-/tmp}
if [[ ! $temporary =~ ^/[A-Za-z0-9/._+-]{0,70}$ ]]; then temporary=/tmp; fi
directory=$(mktemp -d "$temporary/dial-adapter.XXXXXX")
chmod 700 "$directory"
declare -A names=()
nginx_process='' adapter_process='' sandbox_process=''

# Waits up to the given seconds for a process to end, and goes on sending it a signal if one is given.
gone_within() {
    # One more: SECONDS counts whole ones.
    local deadline=$((SECONDS + $1 + 1))
    while kill -"${3:-0}" "$2" 2>/dev/null; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.05
    done
}

# Where load balancers get time to turn elsewhere, the adapter says so first. Then nginx takes no new connections and
# finishes what runs, and the others have nothing left to do.
stop() {
    trap 'kill -KILL "${!names[@]}" 2>/dev/null || true' INT TERM HUP
    if [ "$drain_delay" -gt 0 ] && [ -n "$adapter_process" ] && kill -TERM "$adapter_process" 2>/dev/null; then
        # A little less: the adapter stops listening at its end.
        sleep "$((drain_delay - 1)).5" &
        wait $! || true
    fi
    if [ -n "$nginx_process" ]; then
        # More than once: while it starts, nginx passes over the signal.
        gone_within "$grace" "$nginx_process" QUIT || kill -TERM "$nginx_process" 2>/dev/null || true
    fi
    local process
    for process in $adapter_process $sandbox_process; do
        kill -TERM "$process" 2>/dev/null || continue
        gone_within 6 "$process" || kill -KILL "$process" 2>/dev/null || true
    done
    # Each leads a group of its own; nginx's workers outlive a master that was killed, and would keep the port.
    for process in "${!names[@]}"; do kill -KILL -- "-$process" 2>/dev/null || true; done
    wait
    rm -rf "$directory"
}
trap stop EXIT
stopping=no
trap 'stopping=yes' INT TERM HUP

# In a process group of its own, so that Ctrl-C reaches this script only; ended by the kernel should this script be killed.
launch() {
    local name=$1
    shift
    setsid setpriv --pdeathsig TERM "$@" &
    names[$!]=$name
}

ln -s "$here" "$directory/dial-adapter"
cp "$here/unprivileged.conf" "$directory/nginx.conf"
[ "$playground" = no ] || cp "$here/playground.conf" "$directory"
say "worker_connections $((descriptors / 2));" >"$directory/limits.conf"
sed "s|/run/dial-adapter/fcgi.sock|$directory/adapter.sock|" "$here/upstream.conf" >"$directory/upstream.conf"

if [ -n "$host" ]; then
    hosts=("$host")
else
    hosts=(127.0.0.1)
    if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then hosts+=('[::1]'); fi
fi
# shellcheck source=nginx/http2.sh
. "$here/http2.sh"
for each in "${hosts[@]}"; do
    say "listen $each:$port;"
    [ -z "$tls_port" ] || say "listen $each:$tls_port ssl$http2;"
done >"$directory/listen.conf"

if [ -n "$tls_port" ]; then
    mkdir -p "$state"
    if [ ! -f "$state/key.pem" ] || ! openssl x509 -noout -checkend 86400 -in "$state/certificate.pem" >/dev/null 2>&1; then
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 365 -subj /CN=localhost \
            -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' \
            -keyout "$state/key.pem" -out "$state/certificate.pem" 2>"$directory/openssl.log" ||
            fail "openssl could not make a certificate: $(cat "$directory/openssl.log")"
    fi
    cp "$state/certificate.pem" "$state/key.pem" "$directory"
    cat >>"$directory/listen.conf" <<TLS
$http2_directive
ssl_certificate certificate.pem;
ssl_certificate_key key.pem;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_tickets off;
TLS
fi

if [ "$sandbox" = yes ]; then
    sed -e "s|@DIRECTORY@|$directory|" -e "s|@PORT@|$sandbox_port|" "$here/sandbox.conf.template" >"$directory/sandbox.conf"
    launch bedrock-sandbox "$binaries/bedrock-sandbox" --listen "unix:$directory/sandbox.sock"
    sandbox_process=$!
    url=http://127.0.0.1:$sandbox_port
    # The key pair is the sandbox's own and opens nothing else.
    export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
    export AWS_DEFAULT_REGION=us-east-1 AWS_ENDPOINT_URL=$url AWS_ENDPOINT_URL_BEDROCK_RUNTIME=$url
    export AWS_ENDPOINT_URL_STS=$url ANTHROPIC_BASE_URL=$url
    # Those of the person's own session would come first, or lead past the sandbox.
    export AWS_SESSION_TOKEN='' AWS_SECURITY_TOKEN='' AWS_BEARER_TOKEN_BEDROCK='' AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false
    export NO_PROXY="127.0.0.1${NO_PROXY:+,$NO_PROXY}" no_proxy="127.0.0.1${no_proxy:+,$no_proxy}"
fi

# Large pages for the heap of a thousand streams: fewer misses of the processor's address cache (docs/performance.md).
GLIBC_TUNABLES=glibc.malloc.hugetlb=1${GLIBC_TUNABLES:+:$GLIBC_TUNABLES} \
    launch bedrock-adapter "$binaries/bedrock-adapter" --listen "unix:$directory/adapter.sock"
adapter_process=$!

rights=()
if [ "$(id -u)" = 0 ]; then rights=(-g 'user root;'); fi
launch nginx nginx -p "$directory" -c nginx.conf -e stderr "${rights[@]}"
nginx_process=$!

# Ends the script when a program has ended that should run.
all_alive() {
    local process
    for process in "${!names[@]}"; do
        if ! kill -0 "$process" 2>/dev/null; then
            local status=0
            wait "$process" || status=$?
            fail "${names[$process]} ended with status $status; stopping the rest"
        fi
    done
}

# Where this machine reaches it, and how that is written for a person.
case ${host:-0.0.0.0} in 0.0.0.0) local=127.0.0.1 ;; '[::]') local='[::1]' ;; *) local=$host ;; esac
base=http://$local:$port
if [ "$local" = 127.0.0.1 ]; then shown=localhost; else shown=$local; fi
deadline=$((SECONDS + 15))
until [ -S "$directory/adapter.sock" ] &&
    curl --noproxy '*' --silent --fail --output /dev/null --max-time 2 "$base/health"; do
    if [ "$stopping" = yes ]; then exit 0; fi
    all_alive
    [ $SECONDS -lt $deadline ] || fail "the adapter did not answer $base/health within 15 seconds"
    sleep 0.05
done

if [ "$sandbox" = yes ]; then
    say "$sandbox_reason: answers come from the built-in sandbox, not from AWS (SANDBOX=no asks AWS all the same)."
fi
case $shown in localhost | '[::1]') hint=": curl --cacert $state/certificate.pem" ;; *) hint=' of localhost' ;; esac
say "HTTP   http://$shown:$port"
[ -z "$tls_port" ] || say "HTTPS  https://$shown:$tls_port (HTTP/2; self-made certificate$hint)"
[ "$playground" = no ] || say "Open:  http://$shown:$port (playground)"
say "API:   http://$shown:$port/docs"
say "Try:   curl -N http://$shown:$port/openai/deployments/amazon.nova-lite-v1:0/chat/completions -H 'Api-Key: any' -H 'Content-Type: application/json' -d '{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story about a lighthouse and the sea\"}]}'"
say "Stop:  Ctrl-C"

# Not `wait -n`: a signal between the check and the wait would be noticed only when a program ends. The line that the trap
# writes has the read return, whenever it comes.
mkfifo "$directory/signals"
exec 3<>"$directory/signals"
trap 'stopping=yes; say >&3' INT TERM HUP
while [ "$stopping" = no ]; do
    all_alive
    read -rt 1 -u 3 || true
done
