package discordtest

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

func TestContentNeedsItsIntent(t *testing.T) {
	t.Parallel()
	file := []File{{Name: "game.SC2Replay", Data: []byte("MPQ\x1b")}}
	upload := func(b *bench) Upload { return Upload{Channel: b.channel, Author: b.alice, Text: "gg", Files: file} }
	for name, tc := range map[string]struct {
		granted Intents
		upload  func(*bench) Upload
		want    int // attachments
	}{
		"dropped without it":          {0, upload, 0},
		"shown with it":               {IntentMessageContent, upload, 1},
		"shown when the bot is named": {0, func(b *bench) Upload { u := upload(b); u.Mention = true; return u }, 1},
		"shown in direct messages":    {0, func(b *bench) Upload { u := upload(b); u.Channel = b.DM(b.alice); return u }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, Options{Granted: tc.granted})
			handle, got := messages(b)
			d := b.bot(func(d *discordgo.Session) {
				d.Identify.Intents |= discordgo.Intent(tc.granted)
				handle(d)
			})
			sent := b.Upload(tc.upload(b))
			m := receive(b, got)
			if m.ID != sent.ID || len(m.Attachments) != tc.want || (m.Content != "") != (tc.want > 0) {
				t.Errorf("gateway shows %q with %d attachments, want %d", m.Content, len(m.Attachments), tc.want)
			}
			list, err := d.ChannelMessages(sent.ChannelID, 10, "", "", "")
			if err != nil || len(list) != 1 || len(list[0].Attachments) != tc.want {
				t.Errorf("REST shows %v (%v), want %d attachments", list, err, tc.want)
			}
			b.noViolations()
		})
	}
}

func TestEventsNeedTheirIntent(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	handle, got := messages(b)
	b.bot(func(d *discordgo.Session) {
		d.Identify.Intents = discordgo.Intent(IntentGuilds | IntentDirectMessages)
		handle(d)
	})
	b.Upload(Upload{Channel: b.channel, Author: b.alice, Text: "in the guild"})
	direct := b.Upload(Upload{Channel: b.DM(b.alice), Author: b.alice, Text: "for you"})
	if m := receive(b, got); m.ID != direct.ID {
		t.Errorf("got %q first, want only the direct message", m.Content)
	}
	b.noViolations()
}

func TestReplyIsEditedWithAFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d := b.bot(nil)
	upload := b.Upload(Upload{Channel: b.channel, Author: b.alice, Mention: true})
	reply, err := d.ChannelMessageSendComplex(b.channel.ID, &discordgo.MessageSend{
		Content:         "parsing <@" + b.alice.ID + ">",
		Reference:       &discordgo.MessageReference{MessageID: upload.ID, ChannelID: b.channel.ID, GuildID: b.guild.ID},
		AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	content := "done"
	_, err = d.ChannelMessageEditComplex(&discordgo.MessageEdit{
		Channel: b.channel.ID, ID: reply.ID, Content: &content,
		Embeds:          &[]*discordgo.MessageEmbed{{Title: "Ever Dream LE", Image: &discordgo.MessageEmbedImage{URL: "attachment://chart.png"}}},
		Files:           []*discordgo.File{{Name: "chart.png", ContentType: "image/png", Reader: bytes.NewReader([]byte("png"))}},
		AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.WaitMessage(b.ctx, func(m Message) bool { return m.ReplyTo == upload.ID && m.Edits() == 1 })
	if err != nil {
		t.Fatal(err)
	}
	if m.Content != "done" || m.Embeds[0].Title != "Ever Dream LE" || string(m.Files[0].Data) != "png" {
		t.Errorf("edited into %+v", m.Version)
	}
	if first := m.History[0]; len(first.Mentions) != 0 || first.Files != nil {
		t.Errorf("the first version mentions %v and has files %v, want neither", first.Mentions, first.Files)
	}
	shown, err := d.ChannelMessage(b.channel.ID, reply.ID)
	if err != nil || len(shown.Attachments) != 0 || shown.Embeds[0].Image.URL[:len("https://"+cdnHost)] != "https://"+cdnHost {
		t.Errorf("the file of an embed is listed as attachment, or its URL is not the CDN's: %+v (%v)", shown, err)
	}
	b.noViolations()
}

// nonced is how a bot sends what discordgo does not expose.
type noncedSend struct {
	*discordgo.MessageSend
	Nonce        string `json:"nonce"`
	EnforceNonce bool   `json:"enforce_nonce"`
}

func TestNonceMakesSendingIdempotent(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d := b.bot(nil)
	send := func(nonce string) {
		t.Helper()
		url := discordgo.EndpointChannelMessages(b.channel.ID)
		body := noncedSend{&discordgo.MessageSend{Content: "result"}, nonce, true}
		if _, err := d.RequestWithBucketID("POST", url, body, url); err != nil {
			t.Fatal(err)
		}
	}
	send("a")
	send("a")
	if n := len(b.Messages(b.channel)); n != 1 {
		t.Errorf("%d messages with one nonce, want 1", n)
	}
	send("b")
	b.Advance(nonceLife)
	send("a")
	if n := len(b.Messages(b.channel)); n != 3 {
		t.Errorf("%d messages after another nonce and after the first was forgotten, want 3", n)
	}
	b.noViolations()
}

func TestLifeRefusesWithoutViolation(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d := b.bot(nil)
	send := func(c Channel) error {
		_, err := d.ChannelMessageSend(c.ID, "hello")
		return err
	}
	_, err := d.ChannelMessageEdit(b.channel.ID, "123", "x")
	b.refused(err, CodeUnknownMessage)
	b.refused(send(Channel{ID: "123"}), CodeUnknownChannel)

	b.Permit(b.channel, AllPermissions&^SendMessages)
	b.refused(send(b.channel), CodeMissingPermissions)
	b.Permit(b.channel, 0)
	b.refused(send(b.channel), CodeMissingAccess)

	dm, err := d.UserChannelCreate(b.alice.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.BlockDMs(b.alice, true)
	b.refused(send(Channel{ID: dm.ID}), CodeCannotMessageUser)

	thread := b.AddThread(b.AddChannel(b.guild, "matches"), "game 1")
	b.Archive(thread, true)
	b.refused(send(thread), CodeThreadArchived)
	b.noViolations()
}

func TestBackfillPagesThroughHistory(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d := b.bot(nil)
	var ids []string
	for range 7 {
		ids = append(ids, b.Upload(Upload{Channel: b.channel, Author: b.alice, Mention: true}).ID)
	}
	b.Delete(ids[3])
	list, err := d.ChannelMessages(b.channel.ID, 3, "", ids[1], "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range list {
		got = append(got, m.ID)
	}
	want := []string{ids[5], ids[4], ids[2]}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("page after %s is %v, want %v", ids[1], got, want)
	}
	b.noViolations()
}

func TestCDN(t *testing.T) {
	t.Parallel()
	data := bytes.Repeat([]byte("replay"), 100)
	b := newBench(t, Options{})
	client := &http.Client{
		Transport:     b.Transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	upload := func(delivery ...Delivery) Attachment {
		m := b.Upload(Upload{Channel: b.channel, Author: b.alice, Files: []File{{Name: "a b.SC2Replay", Data: data, Delivery: delivery}}})
		return m.Files[0]
	}
	get := func(url string) (int, []byte, error) {
		t.Helper()
		resp, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		return resp.StatusCode, body, err
	}

	file := upload()
	url := b.AttachmentURL(file)
	if status, body, _ := get(url); status != 200 || !bytes.Equal(body, data) {
		t.Errorf("download: status %d, %d bytes", status, len(body))
	}
	if status, _, _ := get(b.URL() + "/cdn" + url[len("https://"+cdnHost):]); status != 200 {
		t.Errorf("download by path: status %d", status)
	}
	if status, _, _ := get(url[:len(url)-3] + "0&"); status != 404 {
		t.Errorf("forged signature: status %d", status)
	}
	b.Advance(attachmentLife + time.Second)
	if status, _, _ := get(url); status != 404 {
		t.Errorf("expired: status %d", status)
	}
	if status, _, _ := get(b.AttachmentURL(file)); status != 200 {
		t.Errorf("signed anew: status %d", status)
	}
	if n := b.Downloads(file); n != 3 {
		t.Errorf("%d downloads counted, want 3", n)
	}

	flaky := b.AttachmentURL(upload(Unavailable, NotFound, Forbidden, Redirect, CutShort, ResetMidFile, Oversized, Endless, Dribble, Serve))
	for _, want := range []int{503, 404, 403, 302} {
		if status, _, _ := get(flaky); status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
	for _, name := range []string{"cut short", "reset"} {
		if _, body, err := get(flaky); err == nil || len(body) != len(data)/2 {
			t.Errorf("%s: %d bytes, error %v", name, len(body), err)
		}
	}
	for _, name := range []string{"oversized", "endless"} {
		if _, body, _ := get(flaky); len(body) != 1<<20 {
			t.Errorf("%s: %d bytes, want as many as were read", name, len(body))
		}
	}
	resp, err := client.Get(flaky)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadFull(resp.Body, make([]byte, 3))
	resp.Body.Close() // a dribble need not be waited for
	if status, body, _ := get(flaky); status != 200 || len(body) != len(data) {
		t.Errorf("at last: status %d, %d bytes", status, len(body))
	}
	b.noViolations()
}

func TestCloseEndsHangingDownloads(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	client := &http.Client{Transport: b.Transport()}
	failed := make(chan error, 2)
	for _, how := range []Delivery{Hang, Stall} {
		m := b.Upload(Upload{Channel: b.channel, Author: b.alice, Files: []File{{Name: "x", Data: make([]byte, 1<<20), Delivery: []Delivery{how}}}})
		go func() {
			resp, err := client.Get(b.AttachmentURL(m.Files[0]))
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			failed <- err
		}()
		if err := b.Wait(b.ctx, func() bool { return b.Downloads(m.Files[0]) == 1 }); err != nil {
			t.Fatal(err)
		}
	}
	b.Close()
	for range 2 {
		if err := receive(b, failed); err == nil {
			t.Error("a download that hangs ended well")
		}
	}
}

func TestFollowerSeesEveryChangeInOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.Upload(Upload{Channel: b.channel, Author: b.alice, Text: "before"})
	follower := b.Follow()
	m := b.Upload(Upload{Channel: b.channel, Author: b.alice, Text: "first"})
	b.Edit(m.ID, "second")
	b.Delete(m.ID)
	for _, want := range []struct {
		text    string
		edits   int
		deleted bool
	}{{"first", 0, false}, {"second", 1, false}, {"second", 1, true}} {
		got, err := follower.Next(b.ctx)
		if err != nil || got.ID != m.ID || got.Content != want.text || got.Edits() != want.edits || got.Deleted != want.deleted {
			t.Errorf("change is %+v (%v), want %+v", got, err, want)
		}
	}
}

func TestAnyEventCanBeSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	handle, got := messages(b)
	b.bot(handle)
	b.Dispatch("MESSAGE_CREATE", map[string]any{"id": "1", "components": []map[string]int{{"type": 99}}})
	if m := receive(b, got); m.ID != "" || m.Author != nil {
		t.Errorf("got %+v: discordgo is known to give an empty message for an unknown component", m)
	}
}
