package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// options are what the command line asks for.
type options struct {
	page    string        // address of the page
	data    string        // folder to keep; empty: a temporary one
	replays string        // folder of replays; empty: found or made
	players int           // simulated players
	every   time.Duration // between two uploads
	keep    int           // different replays; the same ones come again then
	uploads int           // after which the players stop
	log     string        // level of the product's log

	discord string // URL to serve the loopback Discord at, for a bot that is started elsewhere
	token   string // that such a bot logs in with
}

const (
	defaultPage = "127.0.0.1:8080"
	maxPlayers  = 50
	maxUploads  = 100_000
	maxKeep     = 10_000
	fastest     = 50 * time.Millisecond
)

const intro = `demo shows EvoLadder without a Discord account: simulated players upload replays to a
loopback Discord on this machine, and evoladder answers them there and on its page.
It goes on until Ctrl-C. Nothing leaves this machine, and no setting is read from the
environment. Per-player upload limits are off, as a few players upload a lot here.

  demo [flags]

`

// parseFlags reads the command line without the program's name. After -h, whose
// text goes to out, the error is flag.ErrHelp.
func parseFlags(args []string, out io.Writer) (options, error) {
	var o options
	var complaint strings.Builder
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(&complaint) // the error says the same
	flags.StringVar(&o.page, "page", defaultPage, "`host:port` of the page; port 0: any free one")
	flags.StringVar(&o.data, "data", "", "`folder` for the database and the uploaded files, which is kept; empty: a temporary one, deleted at the end")
	flags.StringVar(&o.replays, "replays", "", "`folder` with .SC2Replay files to upload; empty: those of the Go module github.com/icza/mpq if it is downloaded, else generated ones")
	flags.IntVar(&o.players, "players", 4, "simulated players (1–50)")
	flags.DurationVar(&o.every, "every", 3*time.Second, "time between two uploads")
	flags.IntVar(&o.keep, "keep", 200, "different replays to upload; then the same ones are uploaded again, which are recognised and take no more space")
	flags.IntVar(&o.uploads, "uploads", 10_000, "stop uploading after so many, and only serve the page")
	flags.StringVar(&o.log, "log", "warn", "`level` of evoladder's log on standard error: debug, info, warn or error")
	flags.StringVar(&o.discord, "discord", "", "`URL` (http://host:port) at which a bot that is started elsewhere finds the loopback Discord, its DISCORD_API_BASE. It listens on that port of every interface and trusts who reaches it: for a network of containers only. The demo starts no evoladder then")
	flags.StringVar(&o.token, "token", "demo", "`DISCORD_TOKEN` of the bot that is started elsewhere")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(out)
		_, _ = io.WriteString(out, intro)
		flags.PrintDefaults()
		return o, err
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return o, fmt.Errorf("%w; demo -h lists the flags", err)
	}
	return o, nil
}

func (o options) check() error {
	switch {
	case o.players < 1 || o.players > maxPlayers:
		return fmt.Errorf("-players is %d: use 1 to %d", o.players, maxPlayers)
	case o.every < fastest:
		return fmt.Errorf("-every is %s: use at least %s", o.every, fastest)
	case o.keep < 1 || o.keep > maxKeep:
		return fmt.Errorf("-keep is %d: use 1 to %d", o.keep, maxKeep)
	case o.discord != "" && !strings.HasPrefix(o.discord, "http://"):
		return fmt.Errorf("-discord is %q: use http://host:port", o.discord)
	case o.uploads < 1 || o.uploads > maxUploads:
		return fmt.Errorf("-uploads is %d: use 1 to %d", o.uploads, maxUploads)
	}
	return nil
}
