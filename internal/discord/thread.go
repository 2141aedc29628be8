package discord

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"
)

// Thread is an active thread of a server.
type Thread struct {
	ID   ChannelID `json:"id"`
	In   ChannelID `json:"parent_id"`
	Name string    `json:"name"`
}

// privateThread is a channel type.
// https://docs.discord.com/developers/resources/channel#channel-object-channel-types
const privateThread = 12

type threadBody struct {
	Name      string `json:"name"`
	Type      int    `json:"type"`
	HideAfter int    `json:"auto_archive_duration"` // minutes
	Invitable bool   `json:"invitable"`
}

// CreateThread begins a private thread in a text channel, to which only moderators
// add members. name has at most 100 characters; idle is the time without a message
// after which it is archived: an hour, a day, three days or a week. There is no
// nonce: where it is not known whether a thread came of it, see Threads.
func (c *Client) CreateThread(ctx context.Context, in ChannelID, name string, idle time.Duration) (ChannelID, error) {
	address := discordgo.EndpointChannelThreads(string(in))
	body := threadBody{Name: name, Type: privateThread, HideAfter: int(idle / time.Minute)}
	var made Thread
	if err := c.call(ctx, http.MethodPost, address, address, body, &made); err != nil {
		return "", fmt.Errorf("create thread in channel %s: %w", in, err)
	}
	return made.ID, nil
}

// Threads are a server's active threads that the bot sees, newest first.
func (c *Client) Threads(ctx context.Context, guildID GuildID) ([]*Thread, error) {
	address := discordgo.EndpointGuildActiveThreads(string(guildID))
	var active struct {
		Threads List[Thread] `json:"threads"`
	}
	if err := c.call(ctx, http.MethodGet, address, address, nil, &active); err != nil {
		return nil, fmt.Errorf("read threads of guild %s: %w", guildID, err)
	}
	if active.Threads.Lost != nil {
		c.Undecodable("thread", active.Threads.Lost, "guild", guildID)
	}
	return active.Threads.All, nil
}

// AddToThread lets a user see a private thread. Who is there already stays.
func (c *Client) AddToThread(ctx context.Context, thread ChannelID, user UserID) error {
	if err := c.threadMember(ctx, http.MethodPut, thread, user); err != nil {
		return fmt.Errorf("add user %s to thread %s: %w", user, thread, err)
	}
	return nil
}

// RemoveFromThread is the contrary. Who is not there is removed.
func (c *Client) RemoveFromThread(ctx context.Context, thread ChannelID, user UserID) error {
	if err := c.threadMember(ctx, http.MethodDelete, thread, user); err != nil && ReasonOf(err) != ReasonNotMember {
		return fmt.Errorf("remove user %s from thread %s: %w", user, thread, err)
	}
	return nil
}

func (c *Client) threadMember(ctx context.Context, method string, thread ChannelID, user UserID) error {
	return c.call(ctx, method, discordgo.EndpointThreadMember(string(thread), string(user)),
		discordgo.EndpointThreadMember(string(thread), ""), nil, nil)
}

// ThreadState is what may be done in a thread. A message posted in an archived thread
// that is not locked opens it; an edit does not, and is refused.
type ThreadState int

// The states. Only moderators lock and unlock.
const (
	ThreadOpen     ThreadState = iota // as far as it is not locked
	ThreadUnlocked                    // and open
	ThreadArchived                    // out of sight
	ThreadLocked                      // and archived: only moderators open it
)

type threadChange struct {
	Archived bool  `json:"archived"`
	Locked   *bool `json:"locked,omitempty"`
}

// SetThread opens, archives or locks a thread. That it is so already is no error.
func (c *Client) SetThread(ctx context.Context, thread ChannelID, state ThreadState) error {
	err := c.changeThread(ctx, thread, state)
	if ReasonOf(err) == ReasonThreadArchived {
		if state == ThreadArchived {
			return nil
		}
		// Nothing of an archived thread can be changed: it is opened first.
		if err = c.changeThread(ctx, thread, ThreadOpen); err == nil {
			err = c.changeThread(ctx, thread, state)
		}
	}
	if err != nil {
		return fmt.Errorf("change thread %s: %w", thread, err)
	}
	return nil
}

func (c *Client) changeThread(ctx context.Context, thread ChannelID, state ThreadState) error {
	change := threadChange{Archived: state == ThreadArchived || state == ThreadLocked}
	if state == ThreadUnlocked || state == ThreadLocked {
		change.Locked = new(bool)
		*change.Locked = state == ThreadLocked
	}
	address := discordgo.EndpointChannel(string(thread))
	return c.call(ctx, http.MethodPatch, address, address+"#patch", change, nil)
}
