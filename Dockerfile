# Plenum in a container. Every step is one that the set-up script also does on a machine.
#
#   docker build -t plenum .
#   docker run --network host --volume plenum-data:/data --env PLENUM_MEDIA_ANNOUNCED_ADDRESSES=203.0.113.5 plenum
#
# The host's network is recommended: media uses one UDP and TCP port per core, and every packet through Docker's NAT costs.
# With published ports instead, publish 8443, and 44400 and the following (one per core) for UDP and TCP.

FROM node:24-bookworm-slim AS build
ENV XDG_CACHE_HOME=/cache
WORKDIR /plenum
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates

COPY package.json package-lock.json ./
COPY src/setup src/setup
RUN node src/setup/setup.mjs step dependencies

# Downloaded where the build may, else compiled (a few minutes); a layer of its own, because it hardly ever changes.
COPY src/native src/native
RUN node src/setup/setup.mjs step worker \
 && cp "$(node -p 'JSON.parse(fs.readFileSync(".setup/worker.json", "utf8")).path')" /plenum/mediasoup-worker

COPY tsconfig.json ./
COPY src src
RUN node src/setup/setup.mjs step protocol && node src/setup/setup.mjs step web

# What only building needs: development packages, the web client's sources, the worker's, Node's headers.
RUN npm prune --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/lucide-preact node_modules/mediasoup/worker node_modules/node-linux-*/include node_modules/node-linux-*/share \
 && rm -rf src/web src/setup src/native src/client


FROM debian:bookworm-slim
# A worker that was compiled uses the system's OpenSSL.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libssl3 ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin plenum \
 && install --directory --owner plenum --group plenum --mode 700 /data
WORKDIR /plenum
COPY --from=build /plenum/package.json ./
COPY --from=build /plenum/mediasoup-worker ./
COPY --from=build /plenum/node_modules node_modules
COPY --from=build /plenum/dist dist
COPY --from=build /plenum/src src
COPY config config
ENV NODE_ENV=production PLENUM_CONFIG=/plenum/config/docker.yaml PLENUM_WORKER_BIN=/plenum/mediasoup-worker
USER plenum
VOLUME /data
EXPOSE 8443/tcp 3478/udp 3478/tcp 44400-44407/udp 44400-44407/tcp
# Over plain HTTP on loopback, so that no certificate has to be trusted. The image has no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/plenum/node_modules/.bin/node", "-e", "fetch('http://127.0.0.1:8080/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/plenum/node_modules/.bin/node", "src/server/main.ts"]
