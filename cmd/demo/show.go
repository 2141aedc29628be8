package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

const (
	// botPatience is after how long without a bot the demo says what it waits for.
	botPatience = 30 * time.Second
	// commandPatience is how long a connected bot may take to register /replay
	// before the players begin without it.
	commandPatience = 15 * time.Second
)

// show is a running demo.
type show struct {
	options
	server *discordtest.Server
	crowd  *crowd
	// For evoladder, when it is started here:
	settings config.Evoladder
	folder   string // of all data
	page     string // URL of the page
}

// open prepares everything and starts nothing but the loopback Discord. Close it.
func open(ctx context.Context, o options, out io.Writer) (*show, error) {
	s := &show{options: o}
	players := playerNames(o.players)
	files, err := newDeck(ctx, o, players)
	if err != nil {
		return nil, err
	}
	discord, err := o.loopback()
	if err != nil {
		return nil, err
	}
	if s.server, err = discordtest.New(discord); err != nil {
		return nil, fmt.Errorf("start loopback Discord: %w", err)
	}
	s.crowd = newCrowd(s.server, players, files, out)
	if o.discord == "" {
		if err := s.prepare(ctx); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

// loopback is how the loopback Discord is reached.
func (o options) loopback() (discordtest.Options, error) {
	d := discordtest.Options{Granted: discordtest.IntentMessageContent, DropFiles: true}
	if o.discord == "" {
		return d, nil
	}
	address, err := url.Parse(o.discord)
	if err != nil || address.Port() == "" {
		return d, fmt.Errorf("-discord is %q: use http://host:port", o.discord)
	}
	d.Listen, d.URL, d.Token = ":"+address.Port(), o.discord, o.token
	return d, nil
}

// prepare finds an address and a folder for evoladder. Its settings are those of
// the defaults, whatever the environment says: a demo must reach neither a real
// database nor the real Discord.
func (s *show) prepare(ctx context.Context) error {
	address, err := freeAddress(ctx, s.options.page)
	if err != nil {
		return err
	}
	s.page = "http://" + reachable(address)
	if s.folder = s.data; s.folder == "" {
		if s.folder, err = os.MkdirTemp("", "evoladder-demo-"); err != nil {
			return fmt.Errorf("make temporary folder: %w", err)
		}
	}
	s.crowd.watch("replays")
	s.settings, err = config.Parse[config.Evoladder](map[string]string{
		"LOG_LEVEL": s.log, "HTTP_ADDR": address, "DATA_DIR": s.folder, "PUBLIC_URL": s.page,
		"DISCORD_TOKEN": s.server.Token(), "DISCORD_API_BASE": s.server.URL(), "DISCORD_WATCH_CHANNELS": s.crowd.watched.ID,
		"QUOTA_PLAYER_IN_FLIGHT": "0", "QUOTA_PLAYER_HOUR": "0", "QUOTA_PLAYER_JUNK_HOUR": "0", "QUOTA_GUILD_HOUR": "0",
	})
	return err
}

// freeAddress is the address that evoladder will listen at. Instead of the
// default, when something else listens there, it is any free port.
func freeAddress(ctx context.Context, address string) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil && address == defaultPage {
		listener, err = new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", fmt.Errorf("choose another address with -page: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// reachable is an address that a browser on this machine can open.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// close ends the loopback Discord and deletes a temporary folder.
func (s *show) close() error {
	s.server.Close()
	if s.folder == "" || s.data != "" {
		return nil
	}
	return os.RemoveAll(s.folder)
}

// run goes on until ctx ends or something fails.
func (s *show) run(ctx context.Context) error {
	// The players also read what evoladder answers while it ends.
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	follower, read := s.server.Follow(), make(chan struct{})
	go func() {
		defer close(read)
		s.crowd.read(reading, follower)
	}()
	err := s.work(ctx)
	stop()
	<-read
	sent, answered := s.crowd.totals()
	s.crowd.say("ended: %d uploads, %d answers", sent, answered)
	return err
}

// work lets the players upload, and evoladder answer unless it runs elsewhere.
func (s *show) work(ctx context.Context) error {
	if s.discord != "" {
		s.crowd.say("the loopback Discord is at %s", s.discord)
		return s.play(ctx)
	}
	playing, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		defer cancel() // nothing answers the players any more
		ended <- app.RunAll(ctx, s.settings)
	}()
	s.crowd.say("starting evoladder; its data is in %s", s.folder)
	played := s.play(playing)
	return errors.Join(played, <-ended)
}

// play lets the players upload once a bot is there, until ctx ends.
func (s *show) play(ctx context.Context) error {
	hint := time.AfterFunc(botPatience, func() {
		s.crowd.say("no bot has connected yet; it needs DISCORD_API_BASE=%s and the DISCORD_TOKEN of -token", s.server.URL())
	})
	err := s.server.WaitReady(ctx)
	hint.Stop()
	if err != nil {
		return ended(ctx, err)
	}
	registering, cancel := context.WithTimeout(ctx, commandPatience)
	_, err = s.server.WaitCommand(registering, "replay")
	cancel()
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		s.crowd.say("the bot has registered no command /replay: the players go without it")
	}
	s.crowd.say("%d players upload %s, one every %s; Ctrl-C ends it", len(s.crowd.players), s.crowd.deck, s.every)
	if s.page != "" {
		s.crowd.say("look at %s", s.page)
	}
	s.crowd.upload(ctx, s.every, s.uploads)
	<-ctx.Done()
	return nil
}

// ended is err, or nothing when it only says that ctx is over.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
