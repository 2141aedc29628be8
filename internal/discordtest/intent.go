package discordtest

// Intents are the bits of IDENTIFY that say which events a bot wants.
// https://discord.com/developers/docs/events/gateway#gateway-intents
type Intents uint32

// The intents that the server knows events of.
const (
	IntentGuilds         Intents = 1 << 0
	IntentGuildMembers   Intents = 1 << 1 // privileged
	IntentGuildPresences Intents = 1 << 8 // privileged
	IntentGuildMessages  Intents = 1 << 9
	IntentDirectMessages Intents = 1 << 12
	IntentMessageContent Intents = 1 << 15 // privileged

	privilegedIntents = IntentGuildMembers | IntentGuildPresences | IntentMessageContent
	// knownIntents are all that Discord documents; others close with 4013.
	knownIntents Intents = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// applicationFlags say in the application object which privileged intents were
// granted to an application in fewer than 100 guilds.
// https://discord.com/developers/docs/resources/application#application-object-application-flags
func applicationFlags(granted Intents) int {
	flags := 0
	for intent, flag := range map[Intents]int{
		IntentGuildPresences: 1 << 13,
		IntentGuildMembers:   1 << 15,
		IntentMessageContent: 1 << 19,
	} {
		if granted&intent != 0 {
			flags |= flag
		}
	}
	return flags
}
