package discordtest

import (
	"net/http"
	"strings"
)

// JSON error codes of the REST API.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
const (
	codeGeneral                = 0
	CodeUnknownChannel         = 10003
	CodeUnknownGuild           = 10004
	CodeUnknownMember          = 10007
	CodeUnknownMessage         = 10008
	CodeUnknownRole            = 10011
	CodeUnknownUser            = 10013
	CodeUnknownWebhook         = 10015
	CodeUnknownInteraction     = 10062
	CodeUnknownCommand         = 10063
	CodeEntityTooLarge         = 40005
	CodeAlreadyAcknowledged    = 40060
	CodeMissingAccess          = 50001
	CodeNotInDM                = 50003
	CodeNotYourMessage         = 50005
	CodeEmptyMessage           = 50006
	CodeCannotMessageUser      = 50007
	CodeMissingPermissions     = 50013
	CodeWrongChannelType       = 50024
	CodeInvalidWebhookToken    = 50027
	CodeInvalidForm            = 50035
	CodeThreadArchived         = 50083
	CodeInvalidJSON            = 50109
	CodeNoMutualGuild          = 50278
	CodeThreadLocked           = 160005
	CodeTooManyThreads         = 160006
	formTooLong                = "BASE_TYPE_MAX_LENGTH"
	formBadLength              = "BASE_TYPE_BAD_LENGTH"
	formRequired               = "BASE_TYPE_REQUIRED"
	formChoices                = "BASE_TYPE_CHOICES"
	formSchema                 = "MODEL_TYPE_CONVERT"
	formUnknownMessage         = "REPLIES_UNKNOWN_MESSAGE"
	formDuplicateID            = "COMPONENT_CUSTOM_ID_DUPLICATED"
	formMutuallyExclusive      = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
	formEmbedsTooLong          = "MAX_EMBED_SIZE_EXCEEDED"
	formAttachmentNotFound     = "ATTACHMENT_NOT_FOUND"
	formEmbedAttachmentMissing = "EMBED_ATTACHMENT_NOT_FOUND"
)

// refusal is an error answer. fault marks those that a correct bot never gets.
type refusal struct {
	status  int
	code    int
	message string
	fields  []fieldError
	fault   bool
}

// fieldError is one entry of an invalid form. The path is dotted, with numbers
// for elements: embeds.0.fields.3.name.
type fieldError struct{ path, code, message string }

func (f fieldError) String() string { return f.path + ": " + f.message }

// The refusals that are part of life.
var (
	unauthorized        = &refusal{status: http.StatusUnauthorized, message: "401: Unauthorized"}
	unknownGuild        = &refusal{status: http.StatusNotFound, code: CodeUnknownGuild, message: "Unknown Guild"}
	unknownChannel      = &refusal{status: http.StatusNotFound, code: CodeUnknownChannel, message: "Unknown Channel"}
	unknownMember       = &refusal{status: http.StatusNotFound, code: CodeUnknownMember, message: "Unknown Member"}
	unknownRole         = &refusal{status: http.StatusNotFound, code: CodeUnknownRole, message: "Unknown Role"}
	unknownMessage      = &refusal{status: http.StatusNotFound, code: CodeUnknownMessage, message: "Unknown Message"}
	unknownUser         = &refusal{status: http.StatusNotFound, code: CodeUnknownUser, message: "Unknown User"}
	unknownWebhook      = &refusal{status: http.StatusNotFound, code: CodeUnknownWebhook, message: "Unknown Webhook"}
	unknownCommand      = &refusal{status: http.StatusNotFound, code: CodeUnknownCommand, message: "Unknown application command"}
	invalidWebhookToken = &refusal{status: http.StatusUnauthorized, code: CodeInvalidWebhookToken, message: "Invalid Webhook Token"}
	missingAccess       = &refusal{status: http.StatusForbidden, code: CodeMissingAccess, message: "Missing Access"}
	missingPermissions  = &refusal{status: http.StatusForbidden, code: CodeMissingPermissions, message: "Missing Permissions"}
	cannotMessageUser   = &refusal{status: http.StatusForbidden, code: CodeCannotMessageUser, message: "Cannot send messages to this user"}
	noMutualGuild       = &refusal{status: http.StatusForbidden, code: CodeNoMutualGuild, message: "Cannot send messages to this user due to having no mutual guilds"}
	brokenOff           = &refusal{status: http.StatusBadRequest, message: "400: Bad Request"} // the client left in the middle
	threadArchived      = &refusal{status: http.StatusBadRequest, code: CodeThreadArchived, message: "Thread is archived"}
	threadLocked        = &refusal{status: http.StatusForbidden, code: CodeThreadLocked, message: "Thread is locked"}
	tooManyThreads      = &refusal{status: http.StatusBadRequest, code: CodeTooManyThreads, message: "Maximum number of active threads reached"}
)

// The refusals of a bot that is wrong.
var (
	notFound            = &refusal{status: http.StatusNotFound, message: "404: Not Found", fault: true}
	unknownInteraction  = &refusal{status: http.StatusNotFound, code: CodeUnknownInteraction, message: "Unknown interaction", fault: true}
	entityTooLarge      = &refusal{status: http.StatusRequestEntityTooLarge, code: CodeEntityTooLarge, message: "Request entity too large", fault: true}
	alreadyAcknowledged = &refusal{status: http.StatusBadRequest, code: CodeAlreadyAcknowledged, message: "Interaction has already been acknowledged.", fault: true}
	wrongChannelType    = &refusal{status: http.StatusBadRequest, code: CodeWrongChannelType, message: "Cannot execute action on this channel type", fault: true}
	notInDM             = &refusal{status: http.StatusForbidden, code: CodeNotInDM, message: "Cannot execute action on a DM channel", fault: true}
	notYourMessage      = &refusal{status: http.StatusForbidden, code: CodeNotYourMessage, message: "Cannot edit a message authored by another user", fault: true}
	emptyMessage        = &refusal{status: http.StatusBadRequest, code: CodeEmptyMessage, message: "Cannot send an empty message", fault: true}
	invalidJSON         = &refusal{status: http.StatusBadRequest, code: CodeInvalidJSON, message: "The request body contains invalid JSON.", fault: true}
)

func invalidForm(fields ...fieldError) *refusal {
	return &refusal{status: http.StatusBadRequest, code: CodeInvalidForm, message: "Invalid Form Body", fields: fields, fault: true}
}

// body is the JSON that Discord answers with: the errors of a form are a tree
// along the form, with _errors at the leaves.
func (r *refusal) body() map[string]any {
	body := map[string]any{"code": r.code, "message": r.message}
	if len(r.fields) == 0 {
		return body
	}
	tree := map[string]any{}
	for _, f := range r.fields {
		node := tree
		for name := range strings.SplitSeq(f.path, ".") {
			next, ok := node[name].(map[string]any)
			if !ok {
				next = map[string]any{}
				node[name] = next
			}
			node = next
		}
		list, _ := node["_errors"].([]map[string]string)
		node["_errors"] = append(list, map[string]string{"code": f.code, "message": f.message})
	}
	body["errors"] = tree
	return body
}

// text is the refusal for the list of violations.
func (r *refusal) text() string {
	parts := []string{r.message}
	for _, f := range r.fields {
		parts = append(parts, f.String())
	}
	return strings.Join(parts, "; ")
}
