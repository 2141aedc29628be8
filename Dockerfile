# One image for every process: the command chooses which (see compose.yaml and
# deploy/railway). The binaries are static, so nothing else is in it but the
# certificates that TLS needs.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/ \
      ./cmd/bot ./cmd/worker ./cmd/web ./cmd/evoladder \
 && mkdir -p /out/data/blobs

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/bot /out/worker /out/web /out/evoladder /bin/
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DATA_DIR=/data LOG_FORMAT=json
CMD ["/bin/evoladder"]
