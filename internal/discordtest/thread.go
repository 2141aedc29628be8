package discordtest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
)

// thread is what a channel has that is a thread.
type thread struct {
	owner     string          // the user who created it
	members   map[string]bool // by user
	invitable bool            // by members who may not manage threads
	archived  bool
	locked    bool
	hideAfter int // minutes of inactivity
}

const (
	oneDay        = 1440 // minutes
	maxThreadName = 100
)

func newThread(owner string, hideAfter int) thread {
	return thread{owner: owner, members: map[string]bool{owner: true}, invitable: true, hideAfter: hideAfter}
}

func (c *channel) isThread() bool { return c.kind == typePublicThread || c.kind == typePrivateThread }

// has reports whether a user is a member of a thread.
func (c *channel) has(u User) bool { return c.members[u.ID] }

// shown reports whether the bot sees a channel. s.mu is held.
// https://docs.discord.com/developers/topics/threads#permissions
func (s *Server) shown(c *channel) bool {
	return c.allows(ViewChannel) && (c.kind != typePrivateThread || c.has(s.bot) || c.allows(ManageThreads))
}

// full reports whether a guild has as many active threads as it may have.
func (s *Server) full(g *guild) bool {
	active := 0
	for _, c := range g.channels {
		if c.isThread() && !c.archived && !c.deleted {
			active++
		}
	}
	return active >= s.options.Threads
}

// Archive archives and locks a thread (sending is refused with 50083), or opens
// it again.
func (s *Server) Archive(thread Channel, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setThread(s.world.channels[thread.ID], archived, archived)
}

// ArchiveIdle archives a thread as Discord does after some time without a message:
// the next one opens it again.
func (s *Server) ArchiveIdle(thread Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[thread.ID]
	s.setThread(c, true, c.locked)
}

// setThread archives and locks, or opens. s.mu is held.
func (s *Server) setThread(c *channel, archived, locked bool) {
	c.archived, c.locked = archived, locked
	s.dispatch(event{name: "THREAD_UPDATE", needs: IntentGuilds, channel: c, full: encode(s.wireChannelOf(c))})
	s.changes.broadcast()
}

// Thread is a thread as it is now.
type Thread struct {
	Channel
	Private  bool
	Archived bool
	Locked   bool
	Members  []string // ids of users, the oldest account first
}

// Threads are the threads of a channel, oldest first, archived ones included.
func (s *Server) Threads(under Channel) []Thread {
	s.mu.Lock()
	defer s.mu.Unlock()
	var threads []Thread
	for _, c := range s.world.channels[under.ID].guild.channels {
		if c.deleted || c.parent == nil || c.parent.ID != under.ID {
			continue
		}
		members := slices.SortedFunc(maps.Keys(c.members), func(a, b string) int {
			if older(a, b) {
				return -1
			}
			return 1
		})
		threads = append(threads, Thread{c.Channel, c.kind == typePrivateThread, c.archived, c.locked, members})
	}
	return threads
}

// newThreadForm is a thread as the bot asks for it.
type newThreadForm struct {
	Name      string    `json:"name"`
	HideAfter int       `json:"auto_archive_duration"`
	Type      opt[int]  `json:"type"`
	Invitable opt[bool] `json:"invitable"`
}

// kind is a private thread unless the form says otherwise, and what it takes.
func (f *newThreadForm) kind() (kind int, needs Permissions) {
	switch {
	case !f.Type.set || f.Type.value == typePrivateThread:
		return typePrivateThread, CreatePrivate
	case f.Type.value == typePublicThread:
		return typePublicThread, CreatePublic
	}
	return 0, 0
}

// createThread begins a thread without a message.
// https://docs.discord.com/developers/resources/channel#start-thread-without-message
func (s *Server) createThread(c *call) (answer, *refusal) {
	var sent newThreadForm
	if refused := c.decode(&sent); refused != nil {
		return refuse(refused)
	}
	if errs := checkThread(sent.Name, sent.HideAfter); len(errs) > 0 {
		return refuse(invalidForm(errs...))
	}
	kind, needs := sent.kind()
	s.mu.Lock()
	defer s.mu.Unlock()
	in, refused := s.visible(c)
	switch {
	case refused != nil:
		return refuse(refused)
	case in.kind != typeGuildText || kind == 0:
		return refuse(wrongChannelType)
	case !in.allows(needs):
		return refuse(missingPermissions)
	case s.full(in.guild):
		return refuse(tooManyThreads)
	}
	made := &channel{kind: kind, parent: in, thread: newThread(s.bot.ID, cmp.Or(sent.HideAfter, oneDay))}
	made.invitable = kind == typePublicThread || !sent.Invitable.set || sent.Invitable.value
	s.addChannel(in.GuildID, made, sent.Name)
	s.changes.broadcast()
	return answer{http.StatusCreated, s.wireChannelOf(made)}, nil
}

func checkThread(name string, hideAfter int) []fieldError {
	var f form
	f.filled("name", name, maxThreadName)
	if !slices.Contains([]int{0, 60, oneDay, 3 * oneDay, 7 * oneDay}, hideAfter) {
		f.add("auto_archive_duration", formChoices, "Value must be one of (60, 1440, 4320, 10080).")
	}
	return f.errs
}

// threadForm changes a thread.
type threadForm struct {
	Name      opt[string] `json:"name"`
	Archived  opt[bool]   `json:"archived"`
	Locked    opt[bool]   `json:"locked"`
	HideAfter opt[int]    `json:"auto_archive_duration"`
	Invitable opt[bool]   `json:"invitable"`
}

// patchThread changes a thread. Other channels are not the bot's to change.
// https://docs.discord.com/developers/resources/channel#modify-channel
func (s *Server) patchThread(c *call) (answer, *refusal) {
	var sent threadForm
	if refused := c.decode(&sent); refused != nil {
		return refuse(refused)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, refused := s.visible(c)
	switch {
	case refused != nil:
		return refuse(refused)
	case !t.isThread():
		return refuse(wrongChannelType)
	}
	if errs := checkThread(cmp.Or(sent.Name.value, t.Name), sent.HideAfter.value); len(errs) > 0 {
		return refuse(invalidForm(errs...))
	}
	if refused := s.mayChange(t, &sent); refused != nil {
		return refuse(refused)
	}
	sent.apply(t)
	s.setThread(t, t.archived, t.locked)
	return ok(s.wireChannelOf(t))
}

// mayChange refuses a change of a thread. To open one takes less than all else.
func (s *Server) mayChange(t *channel, sent *threadForm) *refusal {
	opens := sent.Archived.set && !sent.Archived.value
	opensOnly := opens && !sent.Name.set && !sent.Locked.set && !sent.HideAfter.set && !sent.Invitable.set
	manager, creator := t.allows(ManageThreads), t.owner == s.bot.ID
	switch {
	case sent.Locked.set && !manager,
		opensOnly && t.locked && !manager && !creator,
		opensOnly && !t.locked && !t.allows(SendInThreads),
		!opensOnly && !manager && !creator:
		return missingPermissions
	case t.archived && !opens:
		return threadArchived
	case t.archived && s.full(t.guild):
		return tooManyThreads
	}
	return nil
}

func (f *threadForm) apply(t *channel) {
	if f.Name.value != "" {
		t.Name = f.Name.value
	}
	if f.HideAfter.set {
		t.hideAfter = f.HideAfter.value
	}
	if f.Invitable.set {
		t.invitable = f.Invitable.value
	}
	if f.Archived.set {
		t.archived = f.Archived.value
	}
	if f.Locked.set {
		t.locked = f.Locked.value
	}
}

// openThread returns the thread of a call, in which the bot may say who is a member.
func (s *Server) openThread(c *call) (*channel, *refusal) {
	t, refused := s.visible(c)
	switch {
	case refused != nil:
		return nil, refused
	case !t.isThread():
		return nil, wrongChannelType
	case t.archived:
		return nil, threadArchived
	}
	return t, nil
}

// addThreadMember adds a member of the guild to a thread; again does no harm.
// https://docs.discord.com/developers/resources/channel#add-thread-member
func (s *Server) addThreadMember(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, refused := s.openThread(c)
	if refused != nil {
		return refuse(refused)
	}
	manager := t.allows(ManageThreads)
	u := s.world.users[c.PathValue("user_id")]
	switch {
	case !t.allows(SendInThreads), !t.invitable && !manager:
		return refuse(missingPermissions)
	case t.locked && !manager:
		return refuse(threadLocked)
	case u == nil:
		return refuse(unknownUser)
	case !t.guild.joined(u.User):
		return refuse(unknownMember)
	}
	t.members[u.ID] = true
	s.changes.broadcast()
	return noContent()
}

// removeThreadMember takes somebody out of a thread.
// https://docs.discord.com/developers/resources/channel#remove-thread-member
func (s *Server) removeThreadMember(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, refused := s.openThread(c)
	user := c.PathValue("user_id")
	switch {
	case refused != nil:
		return refuse(refused)
	case !t.allows(ManageThreads) && (t.kind != typePrivateThread || t.owner != s.bot.ID):
		return refuse(missingPermissions)
	case !t.members[user]:
		return refuse(unknownMember)
	}
	delete(t.members, user)
	s.changes.broadcast()
	return noContent()
}

// listThreads are the active threads of a guild that the bot sees, newest first.
// https://docs.discord.com/developers/resources/guild#list-active-guild-threads
func (s *Server) listThreads(c *call) (answer, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.world.guilds[c.PathValue("guild_id")]
	if g == nil {
		return refuse(unknownGuild)
	}
	threads, members := []wireChannel{}, []wireJoined{}
	for _, t := range slices.Backward(g.channels) {
		if !t.isThread() || t.archived || t.deleted || !s.shown(t) {
			continue
		}
		w := s.wireChannelOf(t)
		threads = append(threads, w)
		if w.Member != nil {
			members = append(members, *w.Member)
		}
	}
	return ok(map[string]any{"threads": threads, "members": members, "has_more": false})
}
