// Command evoladder is the whole ladder in one process on embedded defaults,
// and the tools that go with it. See usage below, or evoladder help.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

const usage = `evoladder reads StarCraft II replays: on a page, in Discord, or here.

  evoladder                              start everything; then open http://127.0.0.1:8080
  evoladder parse [-timeline] FILE|DIR…  print one JSON object per replay
  evoladder season init|show|export|import
                                         write the default season; show, print, replace its document; -season FILE
                                         works on a file instead of the database
  evoladder season learn -release NAME FILE|DIR…
                                         learn maps and the mod's files from replays of official lobbies
                                         (-n shows only, -force grows a release, -add-maps draws other maps, too)
  evoladder verify [-season FILE] FILE|DIR…
                                         print one JSON object per replay: map, mod, and what else it shows
  evoladder ladder check                 follow the ledger from its first line to every rating; exit 1 on a difference
  evoladder ladder standings [-csv] [-race R] [-region R] [-country CC] [-season ID]
                                         the board of the season, or of one that has ended
  evoladder ladder queue                 who searches, and which matches are live until when
  evoladder ladder pair NAME NAME        offer a match to two who search (-map TITLE)
  evoladder ladder pause|resume|close|end|start|seasons|rebuild|audit
                                         the queue, the seasons, the board, and who did what
  evoladder player list|show|add|set|import|join|leave
                                         players; import FILE.csv moves a community in, join queues a player
  evoladder player ban|unban|clear-penalty|rating|refund|unbind|remove|delete|staff
                                         what staff do with players, with -reason TEXT
  evoladder match list|show              matches, with their evidence, rulings and ledger
  evoladder match accept|decline|report|remake|contest|here|not-here|confirm|dismiss ID NAME
                                         what a player does, done for them
  evoladder match hand-in ID FILE|REPLAY hand a replay in, as staff or with -player NAME
  evoladder match rule ID WINNER|draw, void ID, restore ID
                                         what staff decide, with -reason TEXT
  evoladder submit FILE|DIR…             run replays through the whole pipeline
  evoladder jobs                         list pending jobs and their last error
  evoladder replay NAME                  show everything known about one replay; a NAME is an id of any log
                                         line, a sha256 or its beginning, a Discord message or its link
  evoladder replay resubmit NAME         queue it for parsing again, after a fix
  evoladder reparse [-status|-pause|-resume|-stop]
                                         read results of older parser versions again, and show progress
  evoladder sweep                        delete uploaded files that no replay refers to
  evoladder blobs adopt                  accept the file storage of BLOB_URL after it was moved on purpose
  evoladder migrate                      bring the database up to date
  evoladder health                       exit 0 when the process on this machine is ready
  evoladder bot | worker | web           run that program alone: what a container's command is
  evoladder version                      print the version
  evoladder help                         this text

A DIR stands for every .SC2Replay file below it. Errors go to standard error;
the exit status is 1 when any file failed. Settings come from the environment:
see .env.example. None is needed.
`

func main() {
	if sandbox.IsChild() {
		os.Exit(sandbox.Serve(replay.Parse))
	}
	os.Exit(start(os.Args[1:]))
}

// start runs everything, one of the programs, or a command.
func start(args []string) int {
	if len(args) == 0 {
		return app.Main(app.RunEvoladder)
	}
	for _, program := range app.Programs {
		if args[0] == program.Name {
			return program.Main(args[1:])
		}
	}
	return app.UntilSignal(func(ctx context.Context) error { return run(ctx, args) }, app.PrintError)
}

func run(ctx context.Context, args []string) error {
	command, args := args[0], args[1:]
	if command == "help" || asksHelp(command) || len(args) > 0 && asksHelp(args[0]) {
		fmt.Print(usage)
		return nil
	}
	switch command {
	case "version", "-version", "--version":
		fmt.Println("evoladder", app.Version())
		return nil
	case "parse":
		return parse(ctx, args)
	case "season":
		return season(ctx, args)
	case "verify":
		return verify(ctx, args)
	case "ladder":
		return ladderCommand(ctx, args)
	case "player":
		return playerCommand(ctx, args)
	case "match":
		return matchCommand(ctx, args)
	case "submit":
		return submit(ctx, args)
	case "jobs":
		return jobs(ctx)
	case "replay":
		return replayCommand(ctx, args)
	case "reparse":
		return reparse(ctx, args)
	case "sweep":
		return sweep(ctx)
	case "blobs":
		return blobs(ctx, args)
	case "migrate":
		return migrate(ctx)
	case "health":
		return health(ctx)
	}
	return fmt.Errorf("there is no command %q\n\n%s", command, usage)
}

func asksHelp(arg string) bool {
	return arg == "-h" || arg == "-help" || arg == "--help"
}
