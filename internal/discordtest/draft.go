package discordtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// opt is a member of a form that may be missing, null, or have a value. In an
// edit, what is missing stays as it is and null removes.
type opt[T any] struct {
	set   bool
	value T
}

// UnmarshalJSON is called for null too, which leaves the zero value.
func (o *opt[T]) UnmarshalJSON(data []byte) error {
	o.set = true
	return json.Unmarshal(data, &o.value)
}

// draft is a message as the bot sends it, new or as an edit.
type draft struct {
	Content      opt[string]            `json:"content"`
	Embeds       opt[[]Embed]           `json:"embeds"`
	Components   opt[[]Component]       `json:"components"`
	Attachments  opt[[]draftAttachment] `json:"attachments"`
	Allowed      *allowedMentions       `json:"allowed_mentions"`
	Flags        opt[int]               `json:"flags"`
	Nonce        json.RawMessage        `json:"nonce"`
	EnforceNonce bool                   `json:"enforce_nonce"`
	Reference    *draftReference        `json:"message_reference"`
}

type draftAttachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description"`
}

type draftReference struct {
	MessageID string `json:"message_id"`
	Required  *bool  `json:"fail_if_not_exists"`
}

// allowedMentions limits which users and roles a text may mention.
// https://discord.com/developers/docs/resources/message#allowed-mentions-object
type allowedMentions struct {
	Parse       []string `json:"parse"`
	Users       []string `json:"users"`
	Roles       []string `json:"roles"`
	RepliedUser bool     `json:"replied_user"`
}

// compose makes the next version of a message from a draft: of a new message
// when there is no version before. s.mu is held.
func (s *Server) compose(c *call, d *draft, in *channel, before Version) (Version, *refusal) {
	v := before
	if d.Content.set {
		v.Content = d.Content.value
	}
	if d.Embeds.set {
		v.Embeds = d.Embeds.value
	}
	if d.Components.set {
		v.Components = numbered(d.Components.value, new(int))
	}
	if d.Flags.set {
		const mayChange = FlagSuppressEmbeds | FlagComponentsV2
		v.Flags = v.Flags&^mayChange | d.Flags.value&mayChange
	}
	v.Flags &^= FlagLoading
	errs := d.checkMentions()
	files, fileErrs := s.files(c, d, in, before.Files)
	v.Files = files
	errs = append(errs, fileErrs...)
	errs = append(errs, checkVersion(v)...)
	if len(errs) > 0 {
		return Version{}, invalidForm(errs...)
	}
	if v.blank() {
		return Version{}, emptyMessage
	}
	v.Mentions = nil
	for _, u := range s.mentionedBy(v.Content, d.Allowed) {
		v.Mentions = append(v.Mentions, u.ID)
	}
	if strings.Contains(v.Content, "@everyone") && d.Allowed.permits("everyone", "") {
		v.Mentions = append(v.Mentions, "everyone")
	}
	return v, nil
}

// files are the attachments after a request: those kept, then the new ones.
func (s *Server) files(c *call, d *draft, in *channel, before []Attachment) ([]Attachment, []fieldError) {
	var errs []fieldError
	kept := before
	if d.Attachments.set {
		kept = nil
	}
	described := make(map[int]draftAttachment)
	for i, a := range d.Attachments.value {
		if old := slices.IndexFunc(before, func(f Attachment) bool { return f.ID == a.ID }); old >= 0 {
			kept = append(kept, before[old])
			continue
		}
		n, err := strconv.Atoi(a.ID)
		if err != nil || !slices.ContainsFunc(c.files, func(u upload) bool { return u.number == n }) {
			errs = append(errs, fieldError{"attachments." + strconv.Itoa(i) + ".id", formAttachmentNotFound, "no file " + a.ID + " on the message or in the request"})
			continue
		}
		described[n] = a
	}
	if len(errs) > 0 {
		return nil, errs
	}
	files := slices.Clone(kept)
	for _, u := range c.files {
		if name := described[u.number].Filename; name != "" {
			u.name = name
		}
		files = append(files, s.attach(in.ID, u, described[u.number].Description))
	}
	return files, nil
}

// blank reports whether a message would show nothing. Buttons alone are not
// enough, unless components are the content.
func (v Version) blank() bool {
	if v.Flags&FlagComponentsV2 != 0 {
		return len(v.Components) == 0
	}
	return strings.TrimSpace(v.Content) == "" && len(v.Files) == 0 &&
		!slices.ContainsFunc(v.Embeds, func(e Embed) bool { return !e.blank() })
}

func (d *draft) checkMentions() []fieldError {
	a := d.Allowed
	if a == nil {
		return nil
	}
	if len(a.Users) > 0 && slices.Contains(a.Parse, "users") {
		return []fieldError{{"allowed_mentions.parse", formMutuallyExclusive, `parse:["users"] and users: [ids...] are mutually exclusive.`}}
	}
	if len(a.Roles) > 0 && slices.Contains(a.Parse, "roles") {
		return []fieldError{{"allowed_mentions.parse", formMutuallyExclusive, `parse:["roles"] and roles: [ids...] are mutually exclusive.`}}
	}
	return nil
}

// permits reports whether a kind of mention, or the user with an id, is allowed.
// Without allowed_mentions everything is.
func (a *allowedMentions) permits(kind, id string) bool {
	return a == nil || slices.Contains(a.Parse, kind) || slices.Contains(a.Users, id)
}

// mentionedBy are the users that a text mentions as far as allowed.
func (s *Server) mentionedBy(text string, allowed *allowedMentions) []User {
	return slices.DeleteFunc(s.mentioned(text), func(u User) bool { return !allowed.permits("users", u.ID) })
}

// nonceText is the nonce of a draft, which may be a number or a string.
func (d *draft) nonceText() string {
	text := strings.Trim(string(d.Nonce), `"`)
	if text == "null" {
		return ""
	}
	return text
}
