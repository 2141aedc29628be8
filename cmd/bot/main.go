// Command bot listens to Discord, takes replays in and gives the answers. It
// parses nothing. It needs DATABASE_URL, REDIS_URL and DISCORD_TOKEN.
package main

import (
	"os"

	"github.com/evoladder/evoladderbot/internal/app"
)

func main() { os.Exit(app.Bot.Main(os.Args[1:])) }
