package discordtest_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// A bot that answers uploads in direct messages, and a test of it.
func Example() {
	srv, err := discordtest.New(discordtest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	alice := srv.AddUser("alice")

	bot, err := discordgo.New("Bot " + srv.Token())
	if err != nil {
		log.Fatal(err)
	}
	bot.Client = &http.Client{Transport: srv.Transport()}
	bot.ShouldReconnectOnError = false // it may else do so after Close, for ever
	bot.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsDirectMessages
	bot.AddHandler(func(s *discordgo.Session, m *discordgo.MessageCreate) {
		for _, file := range m.Attachments {
			_, _ = s.ChannelMessageSendReply(m.ChannelID, "Found replay file "+file.Filename, m.Reference())
		}
	})
	if err := bot.Open(); err != nil {
		log.Fatal(err)
	}
	defer bot.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := srv.WaitReady(ctx); err != nil {
		log.Fatal(err)
	}
	upload := srv.Upload(discordtest.Upload{
		Channel: srv.DM(alice),
		Author:  alice,
		Files:   []discordtest.File{{Name: "game.SC2Replay", Data: []byte("MPQ\x1b")}},
	})
	reply, err := srv.WaitMessage(ctx, func(m discordtest.Message) bool { return m.ReplyTo == upload.ID })
	fmt.Println(reply.Content, err)
	fmt.Println(srv.Violations())
	// Output:
	// Found replay file game.SC2Replay <nil>
	// []
}
