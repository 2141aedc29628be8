package discord

import (
	"context"
	"fmt"
	"net/http"

	"github.com/bwmarrin/discordgo"
)

// Member is a member of a server.
type Member struct {
	User  *User    `json:"user"`
	Nick  string   `json:"nick"` // in this server, in place of the user's name; "": none
	Roles []RoleID `json:"roles"`
}

// Member is one member; one who left is refused with ReasonNotMember.
func (c *Client) Member(ctx context.Context, guildID GuildID, userID UserID) (*Member, error) {
	var member Member
	err := c.call(ctx, http.MethodGet, discordgo.EndpointGuildMember(string(guildID), string(userID)),
		discordgo.EndpointGuildMember(string(guildID), ""), nil, &member)
	if err != nil {
		return nil, fmt.Errorf("read member %s of guild %s: %w", userID, guildID, err)
	}
	return &member, nil
}

// AddRole gives a member a role. Who has it keeps it.
func (c *Client) AddRole(ctx context.Context, guildID GuildID, userID UserID, role RoleID) error {
	if err := c.setRole(ctx, http.MethodPut, guildID, userID, role); err != nil {
		return fmt.Errorf("give role %s to member %s: %w", role, userID, err)
	}
	return nil
}

// RemoveRole takes a role from a member.
func (c *Client) RemoveRole(ctx context.Context, guildID GuildID, userID UserID, role RoleID) error {
	if err := c.setRole(ctx, http.MethodDelete, guildID, userID, role); err != nil {
		return fmt.Errorf("take role %s from member %s: %w", role, userID, err)
	}
	return nil
}

func (c *Client) setRole(ctx context.Context, method string, guildID GuildID, userID UserID, role RoleID) error {
	return c.call(ctx, method, discordgo.EndpointGuildMemberRole(string(guildID), string(userID), string(role)),
		discordgo.EndpointGuildMemberRole(string(guildID), "", ""), nil, nil)
}
