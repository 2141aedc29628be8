package discordtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

const (
	// maxFile is the size of a file that a bot may send, without boosts: 10 MiB.
	// https://discord.com/developers/docs/reference#uploading-files
	maxFile  = 10 << 20
	maxBody  = 26 << 20
	maxFiles = 10
)

// upload is a file in a request of the bot; number is the n of files[n].
type upload struct {
	number      int
	name        string
	contentType string
	data        []byte
}

// read takes in the body of a call: JSON, or multipart with payload_json.
func (c *call) read() *refusal {
	c.Body = http.MaxBytesReader(nil, c.Body, maxBody)
	data, err := io.ReadAll(c.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return entityTooLarge
	case err != nil:
		return brokenOff
	case len(data) == 0:
		return nil
	}
	kind, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return c.readMultipart(data, params["boundary"])
	}
	if kind != "application/json" || !json.Valid(data) {
		return invalidJSON
	}
	c.payload = data
	return nil
}

func (c *call) readMultipart(body []byte, boundary string) *refusal {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return invalidForm(fieldError{"_", formSchema, err.Error()})
		}
		if refused := c.readPart(part); refused != nil {
			return refused
		}
	}
}

func (c *call) readPart(part *multipart.Part) *refusal {
	data, err := io.ReadAll(part)
	if err != nil {
		return invalidForm(fieldError{part.FormName(), formSchema, err.Error()})
	}
	name := part.FormName()
	if name == "payload_json" {
		if !json.Valid(data) {
			return invalidJSON
		}
		c.payload = data
		return nil
	}
	number, found := strings.CutPrefix(name, "files[")
	n, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
	if !found || err != nil || part.FileName() == "" {
		return invalidForm(fieldError{name, formSchema, "a part must be payload_json or files[n] with a file name"})
	}
	if len(data) > maxFile {
		return entityTooLarge
	}
	c.files = append(c.files, upload{n, part.FileName(), part.Header.Get("Content-Type"), data})
	if len(c.files) > maxFiles {
		return invalidForm(fieldError{"attachments", formBadLength, "Must be 10 or fewer in length."})
	}
	return nil
}

// decode reads the payload into a value.
func (c *call) decode(v any) *refusal {
	if len(c.payload) == 0 {
		return nil // a body that is missing is an empty form
	}
	if err := json.Unmarshal(c.payload, v); err != nil {
		return invalidForm(fieldError{"_", formSchema, err.Error()})
	}
	return nil
}

// flag is a boolean query parameter.
func (c *call) flag(name string) bool {
	on, _ := strconv.ParseBool(c.URL.Query().Get(name))
	return on
}

// attach makes an attachment of a file that the bot sent.
func (s *Server) attach(channelID string, u upload, description string) Attachment {
	sum := sha256.Sum256(u.data)
	a := newAttachment(s, "/attachments/"+channelID, File{Name: u.name, Data: u.data, ContentType: u.contentType})
	a.Description, a.SHA256 = description, hex.EncodeToString(sum[:])
	a.Width, a.Height = imageSize(u.data)
	if s.options.DropFiles {
		a.Data = nil
		return a
	}
	return s.cdn.add(a, nil)
}
