// Command worker takes replays from the queue and parses them, each in a child
// process that it may kill. It needs DATABASE_URL and REDIS_URL; run as many
// as you like.
package main

import (
	"os"

	"github.com/evoladder/evoladderbot/internal/app"
)

func main() { os.Exit(app.Worker.Main(os.Args[1:])) }
