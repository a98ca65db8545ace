ARG SWIFT_VERSION=6.2

FROM swift:${SWIFT_VERSION}-bookworm AS toolchain
WORKDIR /source
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
COPY Makefile ./
RUN make deps && rm -rf /var/lib/apt/lists/*

FROM toolchain AS source
COPY . .

FROM source AS test
CMD ["make", "test"]

FROM source AS build
RUN make build && strip .build/release/bedrock-adapter

# Runs with a read-only root file system; what it writes goes to /tmp. docs/deployment.md has the options.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates curl libcurl4 libfcgi0ldbl libsimdjson14 libssl3 libstdc++6 nginx tini zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 dial-adapter \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin dial-adapter
WORKDIR /opt/dial-adapter
# With the viewer of /docs, which the build fetched.
COPY --from=build /source/nginx nginx
COPY --from=build /source/.build/release/bedrock-adapter bin/
# Only AWS answers in a container: it may get its credentials in ways that the environment does not show.
ENV HOST=0.0.0.0 PORT=5000 TLS_PORT="" SANDBOX=no BINARIES=/opt/dial-adapter/bin
USER 10001:10001
EXPOSE 5000
# SIGTERM drains: new connections are refused, running streams finish, within DIAL_ADAPTER_SHUTDOWN_GRACE_SECONDS.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["sh", "-c", "curl --noproxy '*' --fail --silent --output /dev/null http://127.0.0.1:$PORT/health"]
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/dial-adapter/nginx/start.sh"]
