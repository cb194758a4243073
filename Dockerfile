# syntax=docker/dockerfile:1
# The service, and nothing that only builds or tests it.

FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY client/package.json ./client/
COPY service/package.json ./service/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm run build:pages && npm run build:service

FROM node:20-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY client/package.json ./client/
COPY service/package.json ./service/
RUN npm ci --omit=dev --workspace wallet-sessions-service --ignore-scripts --no-audit --no-fund

FROM node:20-slim
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    DATA_DIRECTORY=/data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/service ./service
# For the embedded store; with REDIS_URL nothing is written.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "service/dist/program/main.js"]
