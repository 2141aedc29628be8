package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// matchHandIn hands a replay in for a match, as one of its players or as staff: a file,
// which goes the way of every upload first, or one that was uploaded before.
func matchHandIn(ctx context.Context, c *call) error {
	player := c.String("player", "", "who hands it in; without it staff do")
	operands, err := c.operands("ID FILE|REPLAY [-player NAME]")
	if err != nil {
		return err
	}
	id, err := matchID(operands[0])
	if err != nil {
		return err
	}
	handed, stored, err := submitted(ctx, operands[1])
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		if !stored {
			if handed, err = d.uploaded(ctx, operands[1]); err != nil {
				return err
			}
		}
		act := ladder.Act{Kind: ladder.HandIn, Match: id, Replay: &handed, Reason: "handed in from the command line"}
		if *player != "" {
			p, err := d.player(ctx, *player)
			if err != nil {
				return err
			}
			act.Player = p.ID
		}
		return d.handIn(ctx, act)
	})
}

// submitted runs a file through the pipeline, and is what came of it; false where there is
// no such file.
func submitted(ctx context.Context, file string) (handed ladder.HandedIn, stored bool, err error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return handed, false, nil
	}
	received := time.Now()
	err = throughPipeline(ctx, []string{file}, func(ctx context.Context, s *submitter) error {
		s.show = func(row) {}
		if err := s.follow(ctx); err != nil {
			return err
		}
		if s.rows[0].failed {
			return fmt.Errorf("%s cannot be handed in: %s", file, s.rows[0].result)
		}
		handed, err = handedIn(s.views[0], received)
		return err
	})
	return handed, true, err
}

// uploaded is a replay that was uploaded before, which was received when it first was.
func (d *desk) uploaded(ctx context.Context, name string) (ladder.HandedIn, error) {
	id, err := d.FindReplay(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return ladder.HandedIn{}, fmt.Errorf("%s is neither a file nor the name of a replay that was uploaded: evoladder replay tells how they are named", name)
	}
	if err != nil {
		return ladder.HandedIn{}, err
	}
	dossier, err := d.Dossier(ctx, id)
	if err != nil {
		return ladder.HandedIn{}, err
	}
	if len(dossier.Uploads) == 0 || dossier.Status != "parsed" {
		return ladder.HandedIn{}, fmt.Errorf("replay %d is not parsed (%s): evoladder replay %d shows why", id, dossier.Status, id)
	}
	view, err := d.Submission(ctx, dossier.Uploads[0].ID)
	if err != nil {
		return ladder.HandedIn{}, err
	}
	return handedIn(view, dossier.Created)
}

func handedIn(view upload.View, received time.Time) (ladder.HandedIn, error) {
	var game replay.Replay
	if err := json.Unmarshal(view.Summary, &game); err != nil {
		return ladder.HandedIn{}, fmt.Errorf("read the summary of replay %d: %w", view.ReplayID, err)
	}
	if game.ParserVersion < replay.ParserVersion {
		return ladder.HandedIn{}, fmt.Errorf("replay %d was read by an older parser, which does not show enough: evoladder replay resubmit %s, "+
			"and hand it in again once evoladder has read it", view.ReplayID, view.SHA256)
	}
	return ladder.HandedIn{Replay: ladder.ReplayID(view.ReplayID), Facts: ladder.FactsOf(&game), Received: received}, nil
}

// handIn does the act, and shows what the replay shows.
func (d *desk) handIn(ctx context.Context, act ladder.Act) error {
	act.Actor, act.At = operator, d.now
	if _, err := d.Act(ctx, act); err != nil {
		return err
	}
	f, err := d.file(ctx, act.Match)
	if err != nil {
		return err
	}
	found := false
	err = d.columns(func(w io.Writer) error {
		for _, g := range f.Games {
			if g.Replay != act.Replay.Replay {
				continue
			}
			found = true
			f := f
			f.Games = []ladder.Game{g}
			if err := d.games(ctx, w, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !found {
		fmt.Fprintf(d.out, "Replay %d shows neither player of match %d: it is stored as an ordinary replay, and the match is untouched.\n", act.Replay.Replay, act.Match)
	}
	return d.nowIs(ctx, act.Match)
}
