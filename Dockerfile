# One image and one binary for every process: the command chooses which (see
# compose.yaml and deploy/railway). The binary is static, so nothing else is in
# the image but the certificates that TLS needs.
FROM golang:1.26.8-bookworm AS source
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .

FROM source AS build
# Railway names the commit; elsewhere: --build-arg VERSION=$(git describe --always).
ARG RAILWAY_GIT_COMMIT_SHA=
ARG VERSION=$RAILWAY_GIT_COMMIT_SHA
RUN CGO_ENABLED=0 go build -trimpath \
      -ldflags="-s -w -X github.com/evoladder/evoladderbot/internal/app.version=$VERSION" \
      -o /out/ ./cmd/evoladder \
 && mkdir -p /out/data/blobs

FROM scratch AS evoladder
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/evoladder /bin/
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DATA_DIR=/data LOG_FORMAT=json
ENTRYPOINT ["/bin/evoladder"]

# The demo of compose.yaml: a loopback Discord with simulated players, and the
# real replays that come with a module of the tests. It is in no other image.
FROM source AS build-demo
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/ ./cmd/demo \
 && cp -r "$(go list -m -f '{{.Dir}}' github.com/icza/mpq)/reps" /out/replays

FROM scratch AS demo
COPY --from=build-demo /out/demo /bin/
COPY --from=build-demo --chown=65532:65532 /out/replays /replays
USER 65532:65532
ENTRYPOINT ["/bin/demo", "-replays", "/replays"]

# Last, so that it is what a build without a target makes.
FROM evoladder
