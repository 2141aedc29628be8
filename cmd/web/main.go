// Command web serves the page that replays are dropped on, the same for
// scripts, and the queue dashboard. It needs DATABASE_URL and REDIS_URL.
package main

import (
	"os"

	"github.com/evoladder/evoladderbot/internal/app"
)

func main() { os.Exit(app.Web.Main(os.Args[1:])) }
