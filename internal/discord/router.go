package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/text"
)

const (
	// ackTimeout is a little less than the three seconds after which Discord
	// says to the player that the bot did not answer.
	ackTimeout = 2800 * time.Millisecond
	// deferredTimeout bounds a handler whose interaction is acknowledged already.
	deferredTimeout = time.Minute
	// maxInteractions bounds interactions that wait for their acknowledgement, and
	// maxDeferred handlers that work after it: those may take long, and must keep
	// none from being acknowledged.
	maxInteractions = 256
	maxDeferred     = 64
)

// Kind is what a player did.
type Kind int

// The kinds of interaction that have routes.
const (
	Slash       Kind = iota + 1 // entered a slash command
	MessageMenu                 // chose a command from a message's menu
	Component                   // pressed a button, or selected values
	Modal                       // submitted a form
)

// Ack is how an interaction is acknowledged, which Discord wants within three
// seconds.
type Ack int

// The ways to acknowledge.
const (
	ByHandler       Ack = iota // the handler answers at once: its context ends in time
	Deferred                   // "thinking…", seen by all; the handler edits it by Client.EditReply
	DeferredPrivate            // the same, seen by the player alone
	DeferredUpdate             // nothing is seen; the handler may edit the message whose component was pressed
)

// Route is one thing that players can do, and what comes of it.
//
// A subcommand is a route named by its path, as in "admin penalty clear". So are
// the command and the group that it lies in ("admin", "admin penalty"): they have
// names and a description, and neither options nor a handler.
type Route struct {
	Kind         Kind
	Name         string            // of the command; of components and modals the action, see CustomID
	Names        map[string]string // of the command in other languages, by Discord's locale
	Description  string            // of a slash command
	Descriptions map[string]string
	Options      []*CommandOption // of a slash command
	Contexts     []int            // where the command is offered; of whole commands
	// Permission is what the member must have, for a subcommand in addition to what
	// its command asks for; 0: everybody may. A command is offered to those who have it.
	Permission Permissions
	// OfferedTo is what a member must have to be offered the command where the
	// handler decides who may, and a server's administrators offer it to others; of whole
	// commands, and without meaning in direct messages.
	OfferedTo Permissions
	Ack       Ack
	// Handle does it. After an error the player reads Sentences.Failed.
	Handle func(ctx context.Context, i *Interaction) error
}

// Sentences are what a player reads, who alone sees them, where no handler answers.
type Sentences struct {
	Unknown func(*Interaction) string // nothing is known of what was done: it is of another version
	Denied  func(*Interaction) string // the player lacks the permission
	Failed  func(*Interaction) string // the handler failed
}

type routeKey struct {
	kind Kind
	name string
}

// Router brings each interaction to its handler. No interaction is left without
// an answer.
type Router struct {
	client    *Client
	log       *slog.Logger
	sentences Sentences
	table     []Route
	routes    map[routeKey]*Route
	slots     chan struct{} // of interactions that are not acknowledged
	deferred  chan struct{} // of handlers whose interaction is
}

// NewRouter routes by a table. It panics where that is wrong: the table is the
// program's own.
func NewRouter(client *Client, log *slog.Logger, sentences Sentences, table []Route) *Router {
	r := &Router{
		client: client, log: log, sentences: sentences, table: table, routes: make(map[routeKey]*Route),
		slots: make(chan struct{}, maxInteractions), deferred: make(chan struct{}, maxDeferred),
	}
	for _, route := range table {
		key := routeKey{route.Kind, route.Name}
		if r.routes[key] != nil {
			panic(fmt.Sprintf("discord: the route %q is there twice", route.Name))
		}
		r.routes[key] = &route
	}
	for _, route := range r.routes {
		r.check(route)
	}
	return r
}

// check panics where a route is wrong, and gives a subcommand what its command asks
// for.
func (r *Router) check(route *Route) {
	wrong := ""
	above := r.routes[routeKey{Slash, route.above()}]
	switch group := len(r.within(route)) > 0; {
	case group == (route.Handle != nil):
		wrong = "has no handler, or subcommands beside one"
	case group && len(route.Options) > 0:
		wrong = "has options and subcommands"
	case route.above() == "":
	case above == nil:
		wrong = "lies in a command that has no route"
	case route.Contexts != nil || route.OfferedTo != 0:
		wrong = "is a subcommand: its command says where and to which members it is offered"
	case strings.Count(route.Name, " ") > maxNesting:
		wrong = "lies too deep"
	}
	if wrong != "" {
		panic(fmt.Sprintf("discord: the route %q %s", route.Name, wrong))
	}
	for ; above != nil; above = r.routes[routeKey{Slash, above.above()}] {
		route.Permission |= above.Permission
	}
}

// above is the path of the command or group that a subcommand lies in, "" for what is
// none.
func (r *Route) above() string {
	if r.Kind != Slash {
		return ""
	}
	return r.Name[:max(0, strings.LastIndexByte(r.Name, ' '))]
}

// within are a command's or group's subcommands and groups.
func (r *Router) within(route *Route) []*Route {
	var found []*Route
	for _, inner := range r.table {
		if route.Kind == Slash && inner.above() == route.Name {
			found = append(found, &inner)
		}
	}
	return found
}

// Commands are what the table's commands are registered as.
func (r *Router) Commands() []*Command {
	var commands []*Command
	for _, route := range r.table {
		kind := SlashCommand
		switch {
		case route.Kind == MessageMenu:
			kind = MessageCommand
		case route.Kind != Slash || route.above() != "":
			continue
		}
		commands = append(commands, &Command{
			Type: kind, Name: route.Name, Names: route.Names, Description: route.Description, Descriptions: route.Descriptions,
			Contexts: route.Contexts, Options: r.options(&route), Permission: route.Permission | route.OfferedTo,
		})
	}
	return commands
}

// options are a command's own, or its subcommands.
func (r *Router) options(route *Route) []*CommandOption {
	options := route.Options
	for _, inner := range r.within(route) {
		kind := optionSubcommand
		if inner.Handle == nil {
			kind = optionGroup
		}
		options = append(options, &CommandOption{
			Type: kind, Name: strings.TrimPrefix(inner.Name, route.Name+" "), Names: inner.Names,
			Description: inner.Description, Descriptions: inner.Descriptions, Options: r.options(inner),
		})
	}
	return options
}

// Handle answers an interaction at once, whatever else goes on. work outlives the
// acknowledgement.
func (r *Router) Handle(work context.Context, i *Interaction) {
	ctx, cancel := context.WithTimeout(work, ackTimeout)
	defer cancel()
	leave, err := enter(ctx, r.slots)
	if err != nil {
		r.log.Error("interaction dropped: too many at once", "interaction", i.ID)
		return
	}
	defer leave()
	if i.Lost != nil {
		r.client.Undecodable("interaction", i.Lost, "interaction", i.ID)
	}
	route, err := r.find(i)
	if err != nil {
		r.client.Undecodable("interaction", err, "interaction", i.ID, "type", i.Type)
	}
	denied := route != nil && route.Permission&^i.Permissions != 0
	switch {
	case i.Type == TypeAutocomplete:
		if denied {
			route = nil
		}
		r.suggest(ctx, i, route)
	case route == nil || err != nil:
		r.say(ctx, i, "interaction not understood; it may be of another version of the program", r.sentences.Unknown)
	case denied:
		r.say(ctx, i, "interaction denied: a permission is missing", r.sentences.Denied)
	default:
		if route.Ack == ByHandler {
			r.run(ctx, i, route)
			return
		}
		if err := r.client.deferAnswer(ctx, i, route.Ack); err != nil {
			r.log.Warn("interaction not acknowledged", "interaction", i.ID, "name", route.Name, "error", err)
			return // Discord says so to the player, who may do it again
		}
		leave()
		ctx, cancel := context.WithTimeout(work, deferredTimeout)
		defer cancel()
		r.run(ctx, i, route)
	}
}

// enter waits for a slot; leave frees it, once.
func enter(ctx context.Context, slots chan struct{}) (leave func(), err error) {
	select {
	case slots <- struct{}{}:
		return sync.OnceFunc(func() { <-slots }), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// find decodes what was done and finds its route; nil where there is none.
func (r *Router) find(i *Interaction) (*Route, error) {
	var key routeKey
	var err error
	switch i.Type {
	case TypeCommand, TypeAutocomplete:
		err = json.Unmarshal(i.Data, &i.Command)
		i.Command.descend()
		key = routeKey{Slash, i.Command.Name}
		if i.Command.TargetID != "" {
			key.kind = MessageMenu
		}
	case typeComponent:
		err = json.Unmarshal(i.Data, &i.Component)
		key.kind = Component
		key.name, i.Argument = SplitCustomID(i.Component.CustomID)
	case typeModal:
		err = json.Unmarshal(i.Data, &i.Form)
		key.kind = Modal
		key.name, i.Argument = SplitCustomID(i.Form.CustomID)
	default:
		return nil, nil
	}
	if i.User == nil {
		err = errors.Join(err, errNoUser)
	}
	route := r.routes[key]
	if route != nil && route.Handle == nil { // a command that has subcommands by now
		route = nil
	}
	return route, err
}

// errNoUser says that an interaction does not tell whose it is.
var errNoUser = errors.New("no user")

// run lets the handler work, and answers for one that fails.
func (r *Router) run(ctx context.Context, i *Interaction, route *Route) {
	err := r.guarded(ctx, i, route)
	if err == nil && !i.tried {
		err = errors.New("the handler did not answer")
		r.log.Error("interaction failed", "interaction", i.ID, "name", route.Name, "error", err)
	}
	if err == nil {
		return
	}
	sentence := Outgoing{Content: r.sentences.Failed(i), Private: true}
	if i.answered { // the handler may have used up its time, and the answer has more
		longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), restTimeout)
		defer cancel()
		ctx = longer
	}
	switch {
	case !i.answered:
		_, err = r.client.Answer(ctx, i, sentence)
	case route.Ack == Deferred || route.Ack == DeferredPrivate:
		_, err = r.client.EditReply(ctx, i, "", sentence)
	default:
		_, err = r.client.FollowUp(ctx, i, sentence)
	}
	if err != nil {
		r.log.Warn("player does not know that the interaction failed", "interaction", i.ID, "name", route.Name, "error", err)
	}
}

// guarded is the handler's error; a panic is one, too.
func (r *Router) guarded(ctx context.Context, i *Interaction, route *Route) (err error) {
	if route.Ack != ByHandler {
		leave, err := enter(ctx, r.deferred)
		if err != nil {
			r.log.Error("interaction failed: too many at once", "interaction", i.ID, "name", route.Name)
			return err
		}
		defer leave()
	}
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v", value)
			r.log.Error("interaction failed", "interaction", i.ID, "name", route.Name, "error", safe(err), "stack", string(debug.Stack()))
		}
	}()
	if err = route.Handle(ctx, i); err != nil {
		r.log.Error("interaction failed", "interaction", i.ID, "name", route.Name, "error", err)
	}
	return err
}

// say answers where no handler does.
func (r *Router) say(ctx context.Context, i *Interaction, why string, sentence func(*Interaction) string) {
	ack, err := r.client.Answer(ctx, i, Outgoing{Content: sentence(i), Private: true})
	name := i.Command.Name + i.Component.CustomID + i.Form.CustomID
	r.log.Warn(why, "interaction", i.ID, "type", i.Type, "name", text.Cut(text.Line(name), maxLogRunes), "answered", ack.Given, "error", err)
}

// suggest answers a player who is typing the value of an option. There are no
// suggestions where they fail, or where there is no route.
func (r *Router) suggest(ctx context.Context, i *Interaction, route *Route) {
	choices := []Choice{}
	if typed := i.Command.typed(); route != nil && typed != nil && i.User != nil {
		for _, option := range route.Options {
			if option.Name != typed.Name || option.Suggest == nil {
				continue
			}
			found, err := option.Suggest(ctx, i, typed.Text())
			if err != nil {
				r.log.Warn("no suggestions", "interaction", i.ID, "name", route.Name, "option", option.Name, "error", err)
				break
			}
			choices = append(choices, found[:min(len(found), maxChoices)]...)
		}
	}
	if err := r.client.suggest(ctx, i, choices); err != nil {
		r.log.Warn("suggestions not answered", "interaction", i.ID, "error", err)
	}
}

// customIDVersion is of what CustomID makes. Messages keep their components for
// ever, so an action that changes its meaning gets another name.
const customIDVersion = "v1"

// CustomID is what a component or a modal carries: what it does, and to what. All
// else is in the database, so that it works after a restart. action must not hold
// a colon, and all of it is at most 100 characters.
func CustomID(action, id string) string { return customIDVersion + ":" + action + ":" + id }

// SplitCustomID is the inverse of CustomID; action is "" for what it did not make.
func SplitCustomID(custom string) (action, id string) {
	version, rest, ok := strings.Cut(custom, ":")
	action, id, ok2 := strings.Cut(rest, ":")
	if version != customIDVersion || !ok || !ok2 {
		return "", ""
	}
	return action, id
}
