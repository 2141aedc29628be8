# One image and one binary for every process: the command chooses which (see
# compose.yaml and deploy/railway). The binary is static, so nothing else is in
# the image but the certificates that TLS needs.
FROM golang:1.26 AS source
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .

FROM source AS build
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath \
      -ldflags="-s -w -X github.com/evoladder/evoladderbot/internal/service.version=$VERSION" \
      -o /out/ ./cmd/evoladder \
 && mkdir -p /out/data/blobs

FROM scratch AS evoladder
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/evoladder /bin/
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DATA_DIR=/data LOG_FORMAT=json
ENTRYPOINT ["/bin/evoladder"]
