package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
)

// post sends any body to the channel of the bench, and returns status, error
// code and the whole answer.
func (b *bench) post(method, path, contentType string, body []byte) (status, code int, text string) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.ctx, method, discordgo.EndpointAPI+path, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+b.Token())
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	req.Header.Set("Content-Type", contentType)
	resp, err := b.Transport().RoundTrip(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var answer bytes.Buffer
	_, _ = answer.ReadFrom(resp.Body)
	var refusal struct{ Code int }
	_ = json.Unmarshal(answer.Bytes(), &refusal)
	return resp.StatusCode, refusal.Code, answer.String()
}

func (b *bench) send(body string) (status, code int, text string) {
	b.Helper()
	return b.post("POST", "channels/"+b.channel.ID+"/messages", "application/json", []byte(body))
}

func row(components ...string) string {
	return `{"type":1,"components":[` + strings.Join(components, ",") + `]}`
}

func button(id string) string { return `{"type":2,"style":1,"label":"x","custom_id":"` + id + `"}` }

// choices is a select of n options.
func choices(n int, more string) string {
	var options []string
	for i := range n {
		options = append(options, fmt.Sprintf(`{"label":"x","value":"%d"}`, i))
	}
	return `{"type":3,"custom_id":"s",` + more + `"options":[` + strings.Join(options, ",") + `]}`
}

// refusedBodies are messages that Discord does not take, by where the error is.
func refusedBodies() map[string]string {
	long := func(n int) string { return strings.Repeat("ä", n) }
	embed := func(inner string) string { return `{"embeds":[{"title":"t",` + inner + `}]}` }
	buttons := make([]string, 6)
	for i := range buttons {
		buttons[i] = button(fmt.Sprint(i))
	}
	return map[string]string{
		"content":                              `{"content":"` + long(2001) + `"}`,
		"nonce":                                `{"content":"x","nonce":"` + long(26) + `"}`,
		"flags":                                `{"content":"x","flags":64}`,
		"message_reference":                    `{"content":"x","message_reference":{"message_id":"17"}}`,
		"allowed_mentions.parse":               `{"content":"x","allowed_mentions":{"parse":["users"],"users":["1"]}}`,
		"embeds.0.title":                       `{"embeds":[{"title":"` + long(257) + `"}]}`,
		"embeds.0.description":                 embed(`"description":"` + long(4097) + `"`),
		"embeds.0.footer.text":                 embed(`"footer":{"text":"` + long(2049) + `"}`),
		"embeds.0.author.name":                 embed(`"author":{"name":"` + long(257) + `"}`),
		"embeds.0.fields":                      embed(`"fields":[` + strings.Repeat(`{"name":"n","value":"v"},`, 25) + `{"name":"n","value":"v"}]`),
		"embeds.0.fields.0.name":               embed(`"fields":[{"name":" ","value":"v"}]`),
		"embeds.0.fields.0.value":              embed(`"fields":[{"name":"n","value":"` + long(1025) + `"}]`),
		"embeds.0.url":                         embed(`"url":"javascript:alert(1)"`),
		"embeds":                               `{"embeds":[{"description":"` + long(3000) + `"},{"description":"` + long(3001) + `"}]}`,
		"attachments.0.id":                     `{"content":"x","attachments":[{"id":"0"}]}`,
		"components":                           `{"content":"x","components":[` + strings.TrimSuffix(strings.Repeat(row(button("a"))+",", 6), ",") + `]}`,
		"components.0.components":              `{"content":"x","components":[` + row(buttons...) + `]}`,
		"components.0.components.0.custom_id":  `{"content":"x","components":[` + row(button(long(101))) + `]}`,
		"components.0.components.0.label":      `{"content":"x","components":[` + row(`{"type":2,"style":1,"label":"`+long(81)+`","custom_id":"a"}`) + `]}`,
		"components.0.components.0.url":        `{"content":"x","components":[` + row(`{"type":2,"style":5,"label":"x","url":"`+long(513)+`"}`) + `]}`,
		"components.0.components.0.type":       `{"content":"x","components":[` + row(`{"type":4,"style":1,"label":"x","custom_id":"a"}`) + `]}`,
		"components.0.components.0.options":    `{"content":"x","components":[` + row(choices(26, "")) + `]}`,
		"components.0.components.0.max_values": `{"content":"x","components":[` + row(choices(2, `"max_values":3,`)) + `]}`,
		"components.0.components.0.min_values": `{"content":"x","components":[` + row(choices(3, `"min_values":2,`)) + `]}`,
		"components.0.components.1.custom_id":  `{"content":"x","components":[` + row(button("a"), button("a")) + `]}`,
	}
}

func TestLimitsAreEnforced(t *testing.T) {
	t.Parallel()
	for _, checked := range []string{"by the description too", "by the documentation alone"} {
		for path, body := range refusedBodies() {
			t.Run(checked+"/"+path, func(t *testing.T) {
				t.Parallel()
				options := Options{}
				if checked == "by the description too" {
					options = described(t)
				}
				b := newBench(t, options)
				status, code, text := b.send(body)
				if status != http.StatusBadRequest || code != CodeInvalidForm || !strings.Contains(text, "_errors") {
					t.Errorf("answer %d %s", status, text)
				}
				if path == "message_reference" {
					b.noViolations() // what it answers may have been deleted meanwhile
				} else if v := b.Violations(); len(v) != 1 {
					t.Errorf("violations %v, want one", v)
				}
				if options.OpenAPI == "" && !strings.Contains(text, `"errors":{"`+strings.Split(path, ".")[0]+`":`) {
					t.Errorf("the error is not at %s: %s", path, text)
				}
				if n := len(b.Messages(b.channel)); n != 0 {
					t.Errorf("%d messages stand in the channel", n)
				}
			})
		}
	}
}

func TestAtTheLimitsMessagesAreTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	for name, body := range map[string]string{
		"content":   `{"content":"` + strings.Repeat("ä", 2000) + `","nonce":"` + strings.Repeat("n", 25) + `"}`,
		"embeds":    `{"embeds":[{"description":"` + strings.Repeat("ä", 3000) + `"},{"description":"` + strings.Repeat("ä", 3000) + `"}]}`,
		"fields":    `{"embeds":[{"fields":[` + strings.TrimSuffix(strings.Repeat(`{"name":"n","value":"v"},`, 25), ",") + `]}]}`,
		"custom id": `{"content":"x","components":[` + row(button(strings.Repeat("i", 100))) + `]}`,
		"reply":     `{"content":"x","message_reference":{"message_id":"17","fail_if_not_exists":false}}`,
	} {
		if status, _, text := b.send(body); status != http.StatusOK {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	b.noViolations()
}

func TestMistakesAreViolations(t *testing.T) {
	t.Parallel()
	type mistake struct {
		method, path, contentType, body string
		status, code                    int
	}
	const form = "application/json"
	for name, tc := range map[string]func(*bench) mistake{
		"an empty message": func(b *bench) mistake {
			return mistake{"POST", "channels/" + b.channel.ID + "/messages", form, `{"content":" ","embeds":[{}]}`, 400, CodeEmptyMessage}
		},
		"broken JSON": func(b *bench) mistake {
			return mistake{"POST", "channels/" + b.channel.ID + "/messages", form, `{"content"`, 400, CodeInvalidJSON}
		},
		"a route that is not": func(*bench) mistake {
			return mistake{"POST", "channels", form, `{}`, 404, codeGeneral}
		},
		"somebody else's message": func(b *bench) mistake {
			m := b.Upload(Upload{Channel: b.channel, Author: b.alice})
			return mistake{"PATCH", "channels/" + b.channel.ID + "/messages/" + m.ID, form, `{"content":"x"}`, 403, CodeNotYourMessage}
		},
		"an interaction that is not": func(*bench) mistake {
			return mistake{"POST", "interactions/1/x/callback", form, `{"type":5}`, 404, CodeUnknownInteraction}
		},
		"a file that is too large": func(b *bench) mistake {
			kind, body := multipartBody(`{"content":"x"}`, "a.bin", maxFile+1)
			return mistake{"POST", "channels/" + b.channel.ID + "/messages", kind, body, 413, CodeEntityTooLarge}
		},
		"an image that is not attached": func(b *bench) mistake {
			kind, body := multipartBody(`{"embeds":[{"title":"t","image":{"url":"attachment://b.png"}}]}`, "a.png", 1)
			return mistake{"POST", "channels/" + b.channel.ID + "/messages", kind, body, 400, CodeInvalidForm}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			m := tc(b)
			status, code, text := b.post(m.method, m.path, m.contentType, []byte(m.body))
			if status != m.status || code != m.code {
				t.Errorf("answer %d %s, want %d with code %d", status, text, m.status, m.code)
			}
			if v := b.Violations(); len(v) != 1 {
				t.Errorf("violations %v, want one", v)
			}
		})
	}
}

func multipartBody(payload, name string, size int) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("payload_json", payload)
	part, _ := w.CreateFormFile("files[0]", name)
	_, _ = part.Write(make([]byte, size))
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

func TestSchemaViolationIsDetected(t *testing.T) {
	t.Parallel()
	b := newBench(t, described(t))
	status, code, text := b.send(`{"content":"x","tts":"yes"}`)
	if status != 400 || code != CodeInvalidForm || !strings.Contains(text, `"tts"`) {
		t.Errorf("answer %d %s", status, text)
	}
	if v := b.Violations(); len(v) != 1 || !strings.Contains(v[0].What, "tts") {
		t.Errorf("violations %v, want one about tts", v)
	}
}

func TestAllowedMentionsDecideWhoIsMentioned(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	bob := b.AddUser("bob")
	text := fmt.Sprintf("<@%s> <@!%s> @everyone", b.alice.ID, bob.ID)
	for allowed, want := range map[string][]string{
		``:                                 {b.alice.ID, bob.ID, "everyone"},
		`,"allowed_mentions":{}`:           nil,
		`,"allowed_mentions":{"parse":[]}`: nil,
		`,"allowed_mentions":{"parse":["users"]}`:          {b.alice.ID, bob.ID},
		`,"allowed_mentions":{"users":["` + bob.ID + `"]}`: {bob.ID},
	} {
		_, _, answer := b.send(`{"content":"` + text + `"` + allowed + `}`)
		var sent struct{ ID string }
		_ = json.Unmarshal([]byte(answer), &sent)
		m, _ := b.Message(sent.ID)
		if fmt.Sprint(m.Mentions) != fmt.Sprint(want) {
			t.Errorf("with %q it mentions %v, want %v", allowed, m.Mentions, want)
		}
	}
}

func TestMembersThatDiscordDoesNotNameAreRefused(t *testing.T) {
	t.Parallel()
	for _, lenient := range []bool{false, true} {
		options := described(t)
		options.Lenient = lenient
		b := newBench(t, options)
		d := b.bot(nil)
		m, err := d.ChannelMessageSend(b.channel.ID, "one")
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.ChannelMessageEdit(b.channel.ID, m.ID, "two") // with "ID" and "Channel"
		status, number := code(err)
		if refused := status == http.StatusBadRequest && number == 50035; refused == lenient {
			t.Errorf("lenient %t: %v", lenient, err)
		}
		if n := len(b.Violations()); (n == 1) == lenient {
			t.Errorf("lenient %t: %d violations", lenient, n)
		}
	}
}

func TestDistortedValuesAreSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Granted: IntentMessageContent})
	change := func(data map[string]any) any {
		data["content"] = "another text"
		return data
	}
	b.Distort("MESSAGE_CREATE", change)
	b.Distort(ListedMessage, change)
	setup, heard := messages(b)
	d := b.bot(setup)
	sent := b.Upload(Upload{Channel: b.DM(b.alice), Author: b.alice, Text: "hi"})
	if m := receive(b, heard); m.ID != sent.ID || m.Content != "another text" {
		t.Errorf("event %+v", m)
	}
	list, err := d.ChannelMessages(sent.ChannelID, 10, "", "", "")
	if err != nil || len(list) != 1 || list[0].Content != "another text" {
		t.Errorf("list %+v, %v", list, err)
	}
	b.noViolations()
}

func TestLimitsOfModalsAreEnforced(t *testing.T) {
	t.Parallel()
	input := func(more string) string { return row(`{"type":4,"style":1,"custom_id":"a","label":"x"` + more + `}`) }
	long := func(n int) string { return strings.Repeat("ä", n) }
	for name, modal := range map[string]string{
		"title":                        `"title":"` + long(46) + `","components":[` + input("") + `]`,
		"components":                   `"title":"x","components":[]`,
		"components.0.type":            `"title":"x","components":[` + row(button("a")) + `]`,
		"components.0.label":           `"title":"x","components":[` + row(`{"type":4,"style":1,"custom_id":"a","label":"`+long(46)+`"}`) + `]`,
		"components.0.placeholder":     `"title":"x","components":[` + input(`,"placeholder":"`+long(101)+`"`) + `]`,
		"components.0.min_length":      `"title":"x","components":[` + input(`,"min_length":3,"max_length":2`) + `]`,
		"components.0.max_length":      `"title":"x","components":[` + input(`,"max_length":4001`) + `]`,
		"components.1.custom_id twice": `"title":"x","components":[` + input("") + "," + input("") + `]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{})
			_, events := answering(b)
			inter, err := b.Slash(Slash{User: b.alice, Channel: b.channel, Command: "purge", Permissions: ManageMessages})
			b.must(err)
			i := receive(b, events)
			body := `{"type":9,"data":{"custom_id":"m",` + modal + `}}`
			status, code, text := b.post("POST", "interactions/"+i.ID+"/"+i.Token+"/callback", "application/json", []byte(body))
			if status != http.StatusBadRequest || code != CodeInvalidForm || len(b.Violations()) != 1 {
				t.Errorf("answer %d %s, violations %v", status, text, b.Violations())
			}
			if _, shown := inter.Modal(); shown {
				t.Error("the modal is shown")
			}
		})
	}
}
