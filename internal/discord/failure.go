package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/text"
)

// Failure is Discord's refusal of a request, without the request: discordgo's
// own errors carry addresses with tokens in them and must not be logged.
type Failure struct {
	Status int    // of HTTP
	Code   int    // Discord's own: discord.com/developers/docs/topics/opcodes-and-status-codes
	Text   string // Discord's own, in English
	wait   time.Duration
}

func (f *Failure) Error() string {
	return fmt.Sprintf("discord answered %d (code %d): %s", f.Status, f.Code, f.Text)
}

// Reason is why Discord refuses a request, where that says what to do next: errors.Is
// finds it in an error. It is no account of all that can go wrong.
type Reason string

func (r Reason) Error() string { return string(r) }

// The reasons.
const (
	ReasonGuildGone      Reason = "the server is gone, or the bot is no member of it"
	ReasonChannelGone    Reason = "the channel or thread is gone"
	ReasonMessageGone    Reason = "the message is gone"
	ReasonUserGone       Reason = "there is no such user"
	ReasonRoleGone       Reason = "the role is gone"
	ReasonNotMember      Reason = "the user is no member of the server, of the thread, or of any server of the bot"
	ReasonNoAccess       Reason = "the bot does not see the channel or thread"
	ReasonNoPermission   Reason = "the bot lacks a permission"
	ReasonDirectClosed   Reason = "the user takes no direct messages of the bot"
	ReasonThreadArchived Reason = "the thread is archived"
	ReasonThreadLocked   Reason = "the thread is locked"
	ReasonTooManyThreads Reason = "the server has as many active threads as it may have"
)

// reasons are Discord's codes for them.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
var reasons = map[int]Reason{
	discordgo.ErrCodeUnknownGuild:                        ReasonGuildGone,
	discordgo.ErrCodeUnknownChannel:                      ReasonChannelGone,
	discordgo.ErrCodeUnknownMessage:                      ReasonMessageGone,
	discordgo.ErrCodeUnknownUser:                         ReasonUserGone,
	discordgo.ErrCodeUnknownRole:                         ReasonRoleGone,
	discordgo.ErrCodeUnknownMember:                       ReasonNotMember,
	noMutualGuild:                                        ReasonNotMember,
	discordgo.ErrCodeMissingAccess:                       ReasonNoAccess,
	discordgo.ErrCodeMissingPermissions:                  ReasonNoPermission,
	discordgo.ErrCodeCannotSendMessagesToThisUser:        ReasonDirectClosed,
	discordgo.ErrCodePerformedOperationOnArchivedThread:  ReasonThreadArchived,
	discordgo.ErrCodeThreadIsLocked:                      ReasonThreadLocked,
	discordgo.ErrCodeMaximumNumberOfActiveThreadsReached: ReasonTooManyThreads,
}

// Unwrap is the failure's reason, nil where it has none.
func (f *Failure) Unwrap() error {
	if reason, ok := reasons[f.Code]; ok {
		return reason
	}
	return nil
}

// ReasonOf is the reason of an error, "" where it has none.
func ReasonOf(err error) Reason {
	var reason Reason
	_ = errors.As(err, &reason)
	return reason
}

// RetryAfter is how long Discord asked to wait, for the caller who retries; 0 when it
// did not ask.
func (f *Failure) RetryAfter() time.Duration { return f.wait }

// RetryAfter is how long Discord asked to wait before the call that failed
// with err is tried again; 0 when it did not ask.
func RetryAfter(err error) time.Duration {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.wait
	}
	return 0
}

// ErrUndecodable is a success whose body cannot be read.
var ErrUndecodable = errors.New("discord accepted, in words that cannot be decoded")

// tokenInPath finds the tokens of interactions and webhooks in addresses.
var tokenInPath = regexp.MustCompile(`((?:webhooks|interactions)/[^/\s"]+/)[^/?\s"]+`)

// safe is err without tokens and addresses: what may be logged and returned.
func safe(err error) error {
	var (
		refused *discordgo.RESTError
		limited *discordgo.RateLimitError
		failure *Failure
		sent    *url.Error
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failure):
		return failure
	case errors.As(err, &refused):
		return fromREST(refused)
	case errors.As(err, &limited):
		return &Failure{Status: http.StatusTooManyRequests, Text: "rate limit", wait: limited.RetryAfter}
	case errors.Is(err, discordgo.ErrJSONUnmarshal):
		return ErrUndecodable
	case errors.As(err, &sent):
		return fmt.Errorf("%s to discord: %w", sent.Op, sent.Err)
	}
	return errors.New(tokenInPath.ReplaceAllString(err.Error(), "${1}redacted"))
}

func fromREST(refused *discordgo.RESTError) *Failure {
	failure := &Failure{Status: refused.Response.StatusCode, Text: http.StatusText(refused.Response.StatusCode)}
	if refused.Message != nil {
		failure.Code, failure.Text = refused.Message.Code, refused.Message.Message
	}
	var form struct {
		Errors any `json:"errors"`
	}
	if json.Unmarshal(refused.ResponseBody, &form) == nil {
		for _, field := range refusedFields("", form.Errors) {
			failure.Text += "; " + field
		}
	}
	failure.Text = text.Cut(text.Line(failure.Text), maxLogRunes)
	return failure
}

// refusedFields are the places of a request that Discord refuses, each with its
// code for why. What Discord says in words may quote the request.
// https://discord.com/developers/docs/reference#error-messages
func refusedFields(path string, errs any) []string {
	node, _ := errs.(map[string]any)
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(node)) {
		if name != "_errors" {
			fields = append(fields, refusedFields(strings.TrimPrefix(path+"."+name, "."), node[name])...)
			continue
		}
		reasons, _ := node[name].([]any)
		for _, reason := range reasons {
			if said, ok := reason.(map[string]any); ok {
				fields = append(fields, fmt.Sprintf("%s: %v", path, said["code"]))
			}
		}
	}
	return slices.Compact(fields)
}

// maxLogRunes caps what of strangers' words goes into one log line.
const maxLogRunes = 300

// Some of Discord's own codes: see Code.
const (
	CodeUnknownInteraction  = discordgo.ErrCodeUnknownInteraction
	codeAlreadyAcknowledged = discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged
	CodeUnknownWebhook      = discordgo.ErrCodeUnknownWebhook
	CodeInvalidToken        = discordgo.ErrCodeInvalidWebhookTokenProvided // of an interaction
)

// Code is Discord's own code for what went wrong, 0 for anything else.
func Code(err error) int {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Code
	}
	return 0
}

// Status is HTTP's status of what went wrong, 0 for anything else.
func Status(err error) int {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Status
	}
	return 0
}

// Gone says that the message is no longer there, or never was ours to edit.
func Gone(err error) bool {
	switch Code(err) {
	case discordgo.ErrCodeUnknownMessage,
		discordgo.ErrCodeCannotEditFromAnotherUser,
		discordgo.ErrCodeMaximumNumberOfEditsToMessagesOlderThanOneHourReached:
		return true
	}
	return false
}

// Closed says that the bot may not write where it wants to.
func Closed(err error) bool {
	switch Code(err) {
	case discordgo.ErrCodeUnknownChannel,
		discordgo.ErrCodeUnknownGuild,
		discordgo.ErrCodeMissingAccess,
		discordgo.ErrCodeMissingPermissions,
		discordgo.ErrCodeCannotSendMessagesInVoiceChannel,
		discordgo.ErrCodeCannotExecuteActionOnThisChannelType,
		discordgo.ErrCodePerformedOperationOnArchivedThread,
		discordgo.ErrCodeThreadIsLocked,
		discordgo.ErrCodeMissingRequiredOAuth2Scope:
		return true
	}
	return false
}

// BadRequest says that Discord cannot read a request, or does not like its
// content: sent again, it is refused again. What is refused for a Reason is none.
func BadRequest(err error) bool {
	if ReasonOf(err) != "" {
		return false
	}
	switch Status(err) {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// Permanent says that the same request will be refused next time, too.
func Permanent(err error) bool {
	s := Status(err)
	return s >= http.StatusBadRequest && s < http.StatusInternalServerError && s != http.StatusTooManyRequests
}

// noMutualGuild is Discord's 50278, which discordgo does not name: a bot may
// write only to people it shares a guild with.
const noMutualGuild = 50278

// Unreachable says that a person cannot be written to.
func Unreachable(err error) bool {
	switch Code(err) {
	case discordgo.ErrCodeCannotSendMessagesToThisUser,
		discordgo.ErrCodeUnknownUser,
		discordgo.ErrCodeInvalidRecipients,
		noMutualGuild:
		return true
	}
	return Closed(err)
}

// Temporary says that the same call may succeed if it is made again at once.
func Temporary(err error) bool {
	if err == nil {
		return false
	}
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Status >= 500 || (failure.Status == http.StatusTooManyRequests && failure.wait <= maxPause)
	}
	return true // the network, or an answer that cannot be decoded
}

// Retries is how a request is made again that failed in a way that passes.
var Retries = retry.Policy{Tries: 4, Again: Temporary, Pause: RetryPause}

const retryPause = 200 * time.Millisecond

// RetryPause is the pause after a request's try-th try: what Discord asked for,
// else a little more each time.
func RetryPause(try int, err error) time.Duration {
	return max(RetryAfter(err), time.Duration(try)*retryPause)
}
