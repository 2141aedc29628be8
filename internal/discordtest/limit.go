package discordtest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a message that Discord documents, in characters or in pieces.
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
const (
	maxContent          = 2000
	maxEmbeds           = 10
	maxEmbedCharacters  = 6000 // over all embeds of a message
	maxEmbedTitle       = 256
	maxEmbedDescription = 4096
	maxEmbedFooter      = 2048
	maxEmbedAuthor      = 256
	maxEmbedFields      = 25
	maxFieldName        = 256
	maxFieldValue       = 1024
	maxNonce            = 25
	maxDescription      = 1024 // of an attachment
)

// form collects the errors of a form.
type form struct{ errs []fieldError }

func (f *form) add(path, code, message string) {
	f.errs = append(f.errs, fieldError{path, code, message})
}

// length refuses a text of more characters than allowed.
func (f *form) length(path, text string, limit int) {
	if utf8.RuneCountInString(text) > limit {
		f.add(path, formTooLong, fmt.Sprintf("Must be %d or fewer in length.", limit))
	}
}

// filled refuses an empty text and one that is too long.
func (f *form) filled(path, text string, limit int) {
	if strings.TrimSpace(text) == "" {
		f.add(path, formRequired, "This field is required")
	}
	f.length(path, text, limit)
}

// count refuses a number of pieces outside a range.
func (f *form) count(path string, n, least, most int) {
	if n < least || n > most {
		f.add(path, formBadLength, fmt.Sprintf("Must be between %d and %d in length.", least, most))
	}
}

// checkVersion holds a message as it would stand against the limits.
func checkVersion(v Version) []fieldError {
	var f form
	f.length("content", v.Content, maxContent)
	f.count("embeds", len(v.Embeds), 0, maxEmbeds)
	f.count("attachments", len(v.Files), 0, maxFiles)
	if v.Flags&FlagComponentsV2 != 0 && (v.Content != "" || len(v.Embeds) > 0) {
		f.add("content", formMutuallyExclusive, "content and embeds cannot be used with components v2")
	}
	total := 0
	for i, e := range v.Embeds {
		path := "embeds." + strconv.Itoa(i)
		total += f.embed(path, e)
		f.images(path, e, v.Files)
	}
	if total > maxEmbedCharacters {
		f.add("embeds", formEmbedsTooLong, fmt.Sprintf("Embed size exceeds maximum size of %d", maxEmbedCharacters))
	}
	for i, file := range v.Files {
		f.length(fmt.Sprintf("attachments.%d.description", i), file.Description, maxDescription)
	}
	f.components(v)
	return f.errs
}

// embed checks one embed and returns its characters, as the sum counts them.
func (f *form) embed(path string, e Embed) int {
	f.length(path+".title", e.Title, maxEmbedTitle)
	f.length(path+".description", e.Description, maxEmbedDescription)
	f.link(path+".url", e.URL)
	texts := []string{e.Title, e.Description}
	if e.Footer != nil {
		f.filled(path+".footer.text", e.Footer.Text, maxEmbedFooter)
		texts = append(texts, e.Footer.Text)
	}
	if e.Author != nil {
		f.filled(path+".author.name", e.Author.Name, maxEmbedAuthor)
		f.link(path+".author.url", e.Author.URL)
		texts = append(texts, e.Author.Name)
	}
	f.count(path+".fields", len(e.Fields), 0, maxEmbedFields)
	for i, field := range e.Fields {
		at := path + ".fields." + strconv.Itoa(i)
		f.filled(at+".name", field.Name, maxFieldName)
		f.filled(at+".value", field.Value, maxFieldValue)
		texts = append(texts, field.Name, field.Value)
	}
	total := 0
	for _, text := range texts {
		total += utf8.RuneCountInString(text)
	}
	return total
}

func (f *form) link(path, url string) {
	if url != "" && !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		f.add(path, "URL_TYPE_INVALID_SCHEME", `Scheme must be one of ('http', 'https').`)
	}
}

// attachmentName is what may follow attachment:// in an embed.
// https://discord.com/developers/docs/reference#uploading-files
var attachmentName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// images checks that what an embed shows is a web address or a file of the
// message.
func (f *form) images(path string, e Embed, files []Attachment) {
	for _, url := range e.images() {
		name, attached := strings.CutPrefix(*url, "attachment://")
		switch {
		case !attached:
			f.link(path, *url)
		case !attachmentName.MatchString(name):
			f.add(path, formEmbedAttachmentMissing, fmt.Sprintf("attachment name %q may have only letters, digits, '_', '-' and '.'", name))
		case !slices.ContainsFunc(files, func(a Attachment) bool { return a.Name == name }):
			f.add(path, formEmbedAttachmentMissing, fmt.Sprintf("no file %q on the message", name))
		}
	}
}
