package blob

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	fakeBucket = "uploads"
	fakeKey    = "test-key"
	fakeSecret = "test-secret"
	fakePage   = 2 // objects in one page of a listing: fewer than tests store
)

// fakeS3 is the part of S3 that this package uses, one bucket in path style:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
// It refuses whatever else it is asked.
type fakeS3 struct {
	t       *testing.T
	server  *httptest.Server
	mu      sync.Mutex
	objects map[string]fakeObject
}

type fakeObject struct {
	data     []byte
	modified time.Time
}

func startS3(t *testing.T) *fakeS3 {
	f := &fakeS3{t: t, objects: map[string]fakeObject{}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

func (f *fakeS3) url(prefix string) string {
	return "s3://" + fakeBucket + "/" + prefix + "?region=auto&path_style=true&endpoint=" + f.server.URL
}

// set stores or, without data, forgets an object behind the client's back.
func (f *fakeS3) set(key string, data []byte, modified time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if data == nil {
		delete(f.objects, key)
		return
	}
	f.objects[key] = fakeObject{data, modified}
}

func (f *fakeS3) touch(key string, modified time.Time) {
	f.mu.Lock()
	data := f.objects[key].data
	f.mu.Unlock()
	f.set(key, data, modified)
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	auth := r.Header.Get("Authorization")
	switch {
	case !strings.HasPrefix(auth, "AWS4-HMAC-SHA256 Credential="+fakeKey+"/") || !strings.Contains(auth, "/auto/s3/aws4_request"):
		refuse(w, http.StatusForbidden, "InvalidAccessKeyId")
	case bucket != fakeBucket:
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case key == "" && r.Method == http.MethodHead:
	case key == "" && r.Method == http.MethodGet && r.URL.Query().Get("list-type") == "2":
		f.list(w, r)
	case key != "" && r.Method == http.MethodPut && r.URL.RawQuery == "":
		f.put(w, r, key)
	case key != "" && r.Method == http.MethodGet && r.URL.RawQuery == "":
		f.get(w, r, key)
	case key != "" && r.Method == http.MethodDelete:
		f.set(key, nil, time.Time{})
		w.WriteHeader(http.StatusNoContent)
	default:
		f.t.Errorf("fake S3 was asked %s %s", r.Method, r.URL)
		refuse(w, http.StatusNotImplemented, "NotImplemented")
	}
}

func (f *fakeS3) put(w http.ResponseWriter, r *http.Request, key string) {
	var data []byte
	var err error
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		data, err = unchunk(r.Body)
		if want := r.Header.Get("X-Amz-Decoded-Content-Length"); err == nil && strconv.Itoa(len(data)) != want {
			err = fmt.Errorf("%d bytes, announced %s", len(data), want)
		}
	} else {
		data, err = io.ReadAll(r.Body)
	}
	if err != nil {
		f.t.Errorf("fake S3: put %s: %v", key, err)
		refuse(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	f.set(key, append([]byte{}, data...), time.Now())
	w.Header().Set("ETag", `"`+hashOf(data)[:32]+`"`)
}

func (f *fakeS3) get(w http.ResponseWriter, r *http.Request, key string) {
	f.mu.Lock()
	object, ok := f.objects[key]
	f.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("ETag", `"`+hashOf(object.data)[:32]+`"`)
	http.ServeContent(w, r, "", object.modified, strings.NewReader(string(object.data)))
}

// list answers ListObjectsV2, a page at a time.
func (f *fakeS3) list(w http.ResponseWriter, r *http.Request) {
	type contents struct {
		Key, LastModified, ETag string
		Size                    int
	}
	answer := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string
		Contents              []contents
	}{}
	query := r.URL.Query()
	f.mu.Lock()
	defer f.mu.Unlock()
	var keys []string
	for key := range f.objects {
		if strings.HasPrefix(key, query.Get("prefix")) && key > query.Get("continuation-token") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) > fakePage {
		keys = keys[:fakePage]
		answer.IsTruncated, answer.NextContinuationToken = true, keys[fakePage-1]
	}
	for _, key := range keys {
		object := f.objects[key]
		answer.Contents = append(answer.Contents, contents{
			key, object.modified.UTC().Format(time.RFC3339Nano), `"x"`, len(object.data),
		})
	}
	if err := xml.NewEncoder(w).Encode(answer); err != nil {
		f.t.Error(err)
	}
}

// unchunk decodes a body of signed chunks:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
func unchunk(body io.Reader) (data []byte, err error) {
	r := bufio.NewReader(body)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, signature, ok := strings.Cut(strings.TrimSpace(line), ";chunk-signature=")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil || !ok || len(signature) != 64 {
			return nil, fmt.Errorf("chunk header %q: %w", line, err)
		}
		if n == 0 {
			return data, nil
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(r, chunk); err != nil {
			return nil, err
		}
		data = append(data, chunk[:n]...)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>made by a test</Message></Error>", code)
}
