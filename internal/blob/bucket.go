package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// bucketTries is how often one request is tried before the caller gets the error.
// Everything that uses a backend tries again by itself, later.
const bucketTries = 3

// bucket is a backend in S3 or in what speaks its language: Railway's buckets,
// MinIO, R2.
type bucket struct {
	client *minio.Client
	name   string
	prefix string // empty, or with a slash at its end
}

func openBucket(address string, o options) (*bucket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	query := u.Query()
	endpoint := query.Get("endpoint")
	if endpoint == "" {
		endpoint = "https://s3.amazonaws.com"
	}
	host, err := url.Parse(endpoint)
	if err != nil || host.Host == "" || host.Scheme != "https" && host.Scheme != "http" {
		return nil, fmt.Errorf("endpoint %q is not an http(s) URL", endpoint)
	}
	if u.Host == "" {
		return nil, errors.New("no bucket is named: use s3://bucket/prefix")
	}
	settings := &minio.Options{
		Creds: credentials.NewEnvAWS(), Secure: host.Scheme == "https",
		Region: query.Get("region"), MaxRetries: bucketTries, Transport: o.transport,
	}
	if o.keyID != "" {
		settings.Creds = credentials.NewStaticV4(o.keyID, o.secret, "")
	}
	if settings.BucketLookup, err = addressing(query); err != nil {
		return nil, err
	}
	client, err := minio.New(host.Host, settings)
	if err != nil {
		return nil, err
	}
	b := &bucket{client: client, name: u.Host}
	if prefix := strings.Trim(u.Path, "/"); prefix != "" {
		b.prefix = prefix + "/"
	}
	return b, nil
}

// addressing is where requests name the bucket: in the path of the URL, in the
// name of its host, or, when nothing is said, where minio-go thinks best.
func addressing(query url.Values) (minio.BucketLookupType, error) {
	switch value := query.Get("addressing"); {
	case value == "path", value == "" && query.Get("path_style") == "true": // the earlier name
		return minio.BucketLookupPath, nil
	case value == "virtual":
		return minio.BucketLookupDNS, nil
	case value == "":
		return minio.BucketLookupAuto, nil
	default:
		return 0, fmt.Errorf("addressing %q is not known; use path or virtual", value)
	}
}

// errRefused is an answer that waiting would not change.
var errRefused = errors.New("refused")

func (b *bucket) ping(ctx context.Context) error {
	exists, err := b.client.BucketExists(ctx, b.name)
	if err == nil && !exists {
		return fmt.Errorf("%w: there is no bucket %s", errRefused, b.name)
	}
	switch status := minio.ToErrorResponse(err).StatusCode; {
	case err == nil:
		return nil
	case status == http.StatusRequestTimeout || status == http.StatusTooManyRequests:
		return err
	case status >= 300 && status < 500:
		return fmt.Errorf("%w: bucket %s, status %d: %w", errRefused, b.name, status, err)
	}
	return err
}

func (b *bucket) write(ctx context.Context, name string, data []byte) error {
	_, err := b.client.PutObject(ctx, b.name, b.prefix+name, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	return err
}

func (b *bucket) read(ctx context.Context, name string) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer object.Close()
	data, err := readBounded(object)
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, ErrMissing
	}
	return data, err
}

func (b *bucket) remove(ctx context.Context, name string) error {
	return b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{})
}

func (b *bucket) list(ctx context.Context, before time.Time, yield func(string) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // ends the listing when yield does
	for object := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if object.Err != nil {
			return object.Err
		}
		if !object.LastModified.Before(before) {
			continue
		}
		if err := yield(strings.TrimPrefix(object.Key, b.prefix)); err != nil {
			return err
		}
	}
	return ctx.Err()
}
