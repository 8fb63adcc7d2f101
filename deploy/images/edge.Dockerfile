# An edge agent. Build from the project's root: docker buildx bake -f deploy/images/bake.hcl edge
FROM node:24-bookworm-slim AS source
WORKDIR /source
COPY . .
RUN mkdir /packages && cp --parents package.json package-lock.json .npmrc */package.json /packages

FROM node:24-bookworm-slim AS packages
ARG TARGETARCH
WORKDIR /app
COPY --from=source /packages .
COPY --from=source /source/deploy/edge/prune prune
RUN npm ci --omit=dev --workspace edge && sh prune node_modules "$TARGETARCH"

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=source /source/package.json /source/LICENSE* ./
COPY --from=source /source/cli cli
COPY --from=source /source/contract contract
COPY --from=source /source/models models
COPY --from=source /source/edge edge
# What is kept: mount a volume here; the rest may be read-only.
RUN mkdir /var/lib/safe-passage && chown 10001:10001 /var/lib/safe-passage
USER 10001:10001
STOPSIGNAL SIGTERM
# Whether an agent lives is told by the broker: its status has a last will.
HEALTHCHECK NONE
ENTRYPOINT ["node", "edge/src/main.ts"]
CMD ["run", "--config", "/etc/safe-passage/edge.yaml"]
