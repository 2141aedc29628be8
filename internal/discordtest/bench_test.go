package discordtest

import (
	"testing"

	"github.com/bwmarrin/discordgo"
)

// BenchmarkUploadAndReply is what one upload costs the loopback and the client
// together: the event out, a reply and its edit in, all checked.
func BenchmarkUploadAndReply(b *testing.B) {
	path, err := SharedOpenAPI()
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(Options{OpenAPI: path, Lenient: true, DropFiles: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	guild := s.AddGuild("EvoLadder")
	channel, alice := s.AddChannel(guild, "replays"), s.AddUser("alice")
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		b.Fatal(err)
	}
	d.Client.Transport = s.Transport()
	data := make([]byte, 150<<10)
	embed := &discordgo.MessageEmbed{Title: "Ever Dream LE", Fields: []*discordgo.MessageEmbedField{{Name: "JiaanN", Value: "Terran, won"}}}
	b.ReportAllocs()
	for b.Loop() {
		m := s.Upload(Upload{Channel: channel, Author: alice, Mention: true, Files: []File{{Name: "game.SC2Replay", Data: data}}})
		reply, err := d.ChannelMessageSendComplex(channel.ID, &discordgo.MessageSend{Content: "parsing", Reference: &discordgo.MessageReference{MessageID: m.ID}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.ChannelMessageEditEmbed(channel.ID, reply.ID, embed); err != nil {
			b.Fatal(err)
		}
	}
}
