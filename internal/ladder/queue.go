package ladder

import "slices"

// join puts a player into the queue.
func (t *turn) join() error {
	p, found := t.player(t.act.Player)
	if !found {
		return Refusal{Code: NotSetUp}
	}
	if err := t.mayQueue(p); err != nil {
		return err
	}
	races := t.act.Races
	if len(races) == 0 {
		races = p.Races
	}
	if !queueable(races) {
		return Refusal{Code: NoRace}
	}
	e := Entry{
		ID: EntryID(t.NewID()), Season: t.Season.ID, State: Searching,
		Members: []Member{{Player: p.ID, Races: slices.Clone(races)}},
		Joined:  t.act.At, Since: t.act.At, Deadline: after(t.act.At, t.rules.Search), Channel: t.act.Channel,
	}
	t.saveEntry(e)
	t.auditEntry(e, "")
	t.out.Wake = true
	return nil
}

// mayQueue refuses who may not queue now.
func (t *turn) mayQueue(p Player) error {
	switch until := t.penalisedUntil(p.ID); {
	case p.State != Ready:
		return Refusal{Code: NotSetUp}
	case p.Banned:
		return Refusal{Code: IsBanned}
	case t.Entry != nil && t.Entry.State == Searching:
		return Refusal{Code: InQueue}
	case t.Entry != nil && t.Entry.State.Live():
		return Refusal{Code: InMatch}
	case until.After(t.act.At):
		return Refusal{Code: IsPenalised, Until: until}
	case !t.QueueOpen:
		return Refusal{Code: QueueClosed}
	default:
		return nil
	}
}

// queueable says whether races are at least one, and at most one of each side.
func queueable(races []Race) bool {
	sides := make(map[Side]bool)
	for _, r := range races {
		if r.Side() == "" || sides[r.Side()] {
			return false
		}
		sides[r.Side()] = true
	}
	return len(races) > 0
}

// myEntry is the live entry of the act's player.
func (t *turn) myEntry() (Entry, error) {
	if t.Entry == nil || !t.Entry.State.Live() {
		return Entry{}, Refusal{Code: NotInQueue}
	}
	return *t.Entry, nil
}

// leave takes a player out of the queue. Who leaves while an offer is open declines it.
func (t *turn) leave() error {
	e, err := t.myEntry()
	switch {
	case err != nil:
		return err
	case e.State == Matched:
		return Refusal{Code: InMatch}
	case e.State == Offered:
		return t.decline()
	}
	t.quit(e, Left)
	return nil
}

// quit ends an entry's search.
func (t *turn) quit(e Entry, state EntryState) {
	before := e.State
	e.State = state
	t.saveEntry(e)
	t.auditEntry(e, before)
	t.out.Wake = true
}

// quitFor ends an entry's search by another's doing, and tells its players why.
func (t *turn) quitFor(e Entry, code string) {
	t.quit(e, Left)
	for _, m := range e.Members {
		t.say(Message{Kind: MsgRemoved, To: ToPlayer, Player: m.Player, Entry: e.ID, Code: code})
	}
}

// stay lets a search that would expire begin its time anew; the waiting time stays.
func (t *turn) stay() error {
	e, err := t.myEntry()
	if err != nil {
		return err
	}
	deadline := after(t.act.At, t.rules.Search)
	if e.State != Searching || e.Deadline.Equal(deadline) {
		return nil // it does not run, or it was done
	}
	e.Deadline, e.Reminded = deadline, false
	t.saveEntry(e)
	t.auditEntry(e, e.State)
	return nil
}

// remove takes a player out of the queue by staff: no fault of theirs, nor of the
// opponent's whose offer it ends.
func (t *turn) remove() error {
	e, err := t.myEntry()
	switch {
	case err != nil:
		return err
	case e.State == Matched:
		return Refusal{Code: InMatch}
	}
	t.withdraw(e, "staff")
	return nil
}

// withdraw takes an entry out of the queue, or out of its offer, without a penalty.
func (t *turn) withdraw(e Entry, code string) {
	if e.State == Offered && t.m.State == MatchOffered {
		t.lapse([]leaving{{entry: e.ID, code: code}})
		return
	}
	if e.State == Searching {
		t.quitFor(e, code)
	}
}

// requeue puts an entry back that lost its match without a fault of its players: with its
// old waiting time, and with what was left of its search. Without a season that runs it
// leaves, and requeue is false.
func (t *turn) requeue(e Entry) bool {
	before := e.State
	e.State = Searching
	e.Deadline = e.Deadline.Add(max(0, t.act.At.Sub(t.m.OfferedAt)))
	e.Match = 0
	if code := t.unfit(e); code != "" {
		t.quitFor(e, code)
		return false
	}
	t.saveEntry(e)
	t.auditEntry(e, before)
	t.out.Wake = true
	return true
}

// unfit says why an entry may not search on.
func (t *turn) unfit(e Entry) string {
	if t.Season.over() {
		return "season_over"
	}
	for _, m := range e.Members {
		p, _ := t.player(m.Player)
		if p.Banned {
			return "banned"
		}
		if p.State == Deleted {
			return "deleted"
		}
	}
	return ""
}

// over says that a season's queue is closed for good.
func (s Season) over() bool { return s.State == SeasonClosing || s.State == SeasonEnded }

// tickEntry reminds of a search's end, and ends it.
func (t *turn) tickEntry() error {
	if t.Entry == nil {
		return Refusal{Code: NotFound}
	}
	e := *t.Entry
	if e.State != Searching {
		return nil
	}
	switch code := t.unfit(e); {
	case code != "":
		t.quitFor(e, code)
	case t.reached(e.Deadline):
		t.quit(e, Expired)
		t.tellEntry(e, MsgSearchExpired)
	case !e.Reminded && t.reached(e.remindAt(t.rules)):
		e.Reminded = true
		t.saveEntry(e)
		t.tellEntry(e, MsgSearchReminder)
	}
	return nil
}

func (t *turn) tellEntry(e Entry, kind MessageKind) {
	for _, m := range e.Members {
		t.say(Message{Kind: kind, To: ToPlayer, Player: m.Player, Entry: e.ID})
	}
}
