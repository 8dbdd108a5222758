# chain with the real nginx in it, for a step of CI. From the root of a clone, after `npm ci`:
#   npm run build && docker build -t chain -f Dockerfile dist
#   docker run --rm -v "$PWD:/w" chain run
#   docker run --rm --privileged -v "$PWD:/w" chain run --env simulated,sandbox
# `sandbox` makes namespaces of its own, which an engine allows to containers with --privileged.
# Another base image may stand in, where there is no registry: --build-arg BASE_IMAGE=… It has to bring Node.js; nginx and
# iproute2 are installed by apt-get where it does not bring them.
ARG BASE_IMAGE=node:24-slim
FROM ${BASE_IMAGE}
RUN { command -v nginx && command -v ip; } \
  || { apt-get update && apt-get install -y --no-install-recommends nginx-light iproute2 && rm -rf /var/lib/apt/lists/*; }
COPY . /opt/request-chain
# What Node.js compiles is kept for the next start.
RUN chmod +x /opt/request-chain/harness/cli/chain.js \
  && ln -s /opt/request-chain/harness/cli/chain.js /usr/local/bin/chain \
  && chain --version
WORKDIR /w
ENTRYPOINT ["chain"]
