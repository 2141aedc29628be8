package phrase

// What a player reads while a replay travels.
const (
	Found        Key = "found"         // {name}
	ParseFailed  Key = "parse_failed"  // {reason}
	About        Key = "about"         // {name} {text}
	Critical     Key = "critical"      //
	TryAgain     Key = "try_again"     //
	TryDownload  Key = "try_download"  //
	NoAttachment Key = "no_attachment" //
	// NotUnderstood answers what another version of Discord, or of the bot, may know.
	NotUnderstood Key = "not_understood" //
)

// What the pages say besides.
const (
	NoSuchPage   Key = "no_such_page"   //
	NoSuchReplay Key = "no_such_replay" //
	NoFile       Key = "no_file"        //
	TooMany      Key = "too_many"       // {limit}
	UploadBroken Key = "upload_broken"  //
	Busy         Key = "busy"           //
	TooFast      Key = "too_fast"       //
	Unavailable  Key = "unavailable"    //
)

// The words of the pages; templates refer to them by their text.
const (
	PageTitle          Key = "page_title"            //
	PageTitleOf        Key = "page_title_of"         // {what}
	PageAbout          Key = "page_about"            //
	PageSkip           Key = "page_skip"             //
	PageSite           Key = "page_site"             //
	PageReplays        Key = "page_replays"          //
	PageDisclaimer     Key = "page_disclaimer"       //
	PageDrop           Key = "page_drop"             //
	PageDropWhere      Key = "page_drop_where"       //
	PageUploadYours    Key = "page_upload_yours"     //
	PageChoose         Key = "page_choose"           //
	PageUpload         Key = "page_upload"           //
	PagePaste          Key = "page_paste"            //
	PageLimit          Key = "page_limit"            // {limit}
	PageFolder         Key = "page_folder"           //
	PageUploads        Key = "page_uploads"          //
	PageUploadMore     Key = "page_upload_more"      //
	PageUploadAnother  Key = "page_upload_another"   //
	PageAgain          Key = "page_again"            //
	PageRecent         Key = "page_recent"           //
	PageOlder          Key = "page_older"            //
	PageEmpty          Key = "page_empty"            //
	PageMissing        Key = "page_missing"          // {n}
	PageFirst          Key = "page_first"            //
	PageUnlisted       Key = "page_unlisted"         //
	PageVersus         Key = "page_versus"           //
	PageChat           Key = "page_chat"             //
	PageDetails        Key = "page_details"          //
	PageChatAndDetails Key = "page_chat_and_details" //
	PageChatLines      Key = "page_chat_lines"       // {n}

	StateSending Key = "state_sending" //
	StateQueued  Key = "state_queued"  //
	StateParsing Key = "state_parsing" //
	StateFailed  Key = "state_failed"  //

	LabelMMR      Key = "label_mmr"      //
	LabelAPM      Key = "label_apm"      //
	LabelSource   Key = "label_source"   //
	LabelGame     Key = "label_game"     //
	LabelFile     Key = "label_file"     //
	LabelUploaded Key = "label_uploaded" //
	LabelHash     Key = "label_hash"     //
	ChatTo        Key = "chat_to"        // {whom}
	GameSpeed     Key = "game_speed"     // {speed}
)

// Why a file was refused.
const (
	WrongExtension Key = "wrong_extension" // {name}
	EmptyFile      Key = "empty_file"      //
	TooLarge       Key = "too_large"       // {limit}
	NotAReplay     Key = "not_a_replay"    //
	Truncated      Key = "truncated"       //
	Damaged        Key = "damaged"         //
	UnknownBuild   Key = "unknown_build"   // {build}
	BetaBuild      Key = "beta_build"      // {build}
	Unreadable     Key = "unreadable"      //
	TookTooLong    Key = "took_too_long"   //
	Poison         Key = "poison"          //
	FileGone       Key = "file_gone"       //
	FileMissing    Key = "file_missing"    //
	NoSuchFile     Key = "no_such_file"    //
)

// What is said to whoever sends too much, or to everybody when all do.
const (
	LimitedInFlight Key = "limited_in_flight" // {limit}
	LimitedPlayer   Key = "limited_player"    // {limit} {minutes}
	LimitedGuild    Key = "limited_guild"     // {limit} {minutes}
	LimitedShare    Key = "limited_share"     // {limit} {minutes}
	LimitedJunk     Key = "limited_junk"      // {limit} {minutes}
	LimitedAddress  Key = "limited_address"   // {limit} {minutes}
	QueuePlace      Key = "queue_place"       // {place}
)

// What Discord shows of a game.
const (
	CommandReplay Key = "command_replay" //
	OptionFile    Key = "option_file"    //

	ResultWon   Key = "result_won"   // {map} {length} {winners} {losers}
	ResultAlone Key = "result_alone" // {map} {length} {winners}
	ResultTied  Key = "result_tied"  // {map} {length} {teams}
	ResultOpen  Key = "result_open"  // {map} {length} {teams}
	ResultLed   Key = "result_led"   // {map} {length} {winners} {others}

	ResultLikely  Key = "result_likely"  // {map} {length} {winners} {losers}
	LengthDecided Key = "length_decided" // {length} {decided}
	SourceNote    Key = "source_note"    // {source}
	ResultEmpty   Key = "result_empty"   // {map} {length}

	SeenByAll  Key = "seen_by_all"  // {address}
	SeenByLink Key = "seen_by_link" // {address}

	PlayerWithRace Key = "player_with_race" // {player} {race}
	CommanderOf    Key = "commander_of"     // {commander} {race}
	NoName         Key = "no_name"          //
	NoMap          Key = "no_map"           //
	UnknownRace    Key = "unknown_race"     //
	PickedRandom   Key = "picked_random"    // {race}
	Computer       Key = "computer"         //
	APM            Key = "apm"              // {apm}
	MMR            Key = "mmr"              // {mmr}
	Handicap       Key = "handicap"         // {percent}
	Resumed        Key = "resumed"          //
	AndMore        Key = "and_more"         // {n}

	LabelTeam      Key = "label_team"      // {team}
	LabelPlayers   Key = "label_players"   //
	LabelComputers Key = "label_computers" //
	LabelObservers Key = "label_observers" //
	LabelWarnings  Key = "label_warnings"  //
)

// The words for the values of package replay.
const (
	Terran    Key = "terran"
	Zerg      Key = "zerg"
	Protoss   Key = "protoss"
	BWTerran  Key = "bw_terran"
	BWZerg    Key = "bw_zerg"
	BWProtoss Key = "bw_protoss"
	Random    Key = "random"

	Victory   Key = "victory"
	Defeat    Key = "defeat"
	Tie       Key = "tie"
	Undecided Key = "undecided"

	LikelyVictory Key = "likely_victory"
	LikelyDefeat  Key = "likely_defeat"

	TypeRanked   Key = "type_ranked"
	TypeUnranked Key = "type_unranked"
	TypeVersusAI Key = "type_versus_ai"
	TypeCustom   Key = "type_custom"
	RegionTest   Key = "region_test"

	CategoryLadder       Key = "category_ladder"
	CategoryPrivate      Key = "category_private"
	CategoryPublic       Key = "category_public"
	CategorySingleplayer Key = "category_singleplayer"

	FormatFFA    Key = "format_ffa"
	FormatCoop   Key = "format_coop"
	FormatArchon Key = "format_archon"
	FormatOther  Key = "format_other"

	SourceMetadata  Key = "source_metadata"
	SourceDetails   Key = "source_details"
	SourceObjective Key = "source_objective"
	SourceLeaves    Key = "source_leaves"
	SourceGuess     Key = "source_guess"
	SourceNone      Key = "source_none"
)

var english = map[Key]string{
	Found:         "Found replay file {name}. Downloading and parsing now…",
	ParseFailed:   ":warning: Could not parse replay: {reason}",
	About:         "{name}: {text}",
	Critical:      ":x: A critical error occurred while parsing the replay. The file may be corrupted. Please notify an admin.",
	TryAgain:      "Something is not working on our side right now, and your replay was not accepted. Please try again in a minute.",
	TryDownload:   "The replay could not be downloaded from Discord. Please upload it again in a minute.",
	NoAttachment:  "There is no .SC2Replay file in that message. Attach one (Documents/StarCraft II/Accounts/…/Replays/Multiplayer) and try again.",
	NotUnderstood: "This bot does not understand what Discord sent, so nothing was done. Please send the .SC2Replay file with /replay, or in a direct message to the bot.",

	NoSuchPage:   "There is nothing at this address. Start again from the first page.",
	NoSuchReplay: "There is no such replay here. Check the address, or upload the file again.",
	NoFile:       "No file arrived. Choose one or more .SC2Replay files (Documents/StarCraft II/Accounts/…/Replays) and try again.",
	TooMany:      "Send at most {limit} files at a time, then the next ones.",
	UploadBroken: "The file did not arrive whole. Check your connection and try again.",
	Busy:         "Many replays are arriving right now. Please try again in a moment.",
	TooFast:      "Too many requests are coming from your address right now. Please try again in a moment.",
	Unavailable:  "Something is not working on our side right now. Please try again in a minute.",

	PageTitle:          "EvoLadder — StarCraft II replays",
	PageTitleOf:        "{what} — EvoLadder",
	PageAbout:          "Drop a StarCraft II replay and read who played, with what, and who won.",
	PageSkip:           "Skip to content",
	PageSite:           "Site",
	PageReplays:        "Replays",
	PageDisclaimer:     "Not affiliated with Blizzard Entertainment.",
	PageDrop:           "Drop your replays",
	PageDropWhere:      "anywhere on this page",
	PageUploadYours:    "Upload your replays",
	PageChoose:         "Choose replays",
	PageUpload:         "Upload",
	PagePaste:          "or paste them.",
	PageLimit:          "Up to {limit} each, from",
	PageFolder:         "Documents/StarCraft\u00a0II/\u200bAccounts/\u200b…/\u200bReplays", // may break after each slash
	PageUploads:        "Your uploads",
	PageUploadMore:     "Upload more",
	PageUploadAnother:  "Upload another replay",
	PageAgain:          "Try again",
	PageRecent:         "Recent replays",
	PageOlder:          "Older replays",
	PageEmpty:          "No replays yet. The first one will appear here.",
	PageMissing:        "{n} more cannot be shown right now.",
	PageFirst:          "To the first page",
	PageUnlisted:       "This replay is not on the public list. Everybody who has this address can see it.",
	PageVersus:         "vs",
	PageChat:           "Chat",
	PageDetails:        "Details",
	PageChatLines:      "{n} lines",
	PageChatAndDetails: "Chat and details",

	StateSending: "Uploading",
	StateQueued:  "Queued",
	StateParsing: "Parsing",
	StateFailed:  "Failed",

	LabelMMR:      "MMR",
	LabelAPM:      "APM",
	LabelSource:   "Result from",
	LabelGame:     "Game",
	LabelFile:     "File",
	LabelUploaded: "Uploaded",
	LabelHash:     "SHA-256",
	ChatTo:        "to {whom}",
	GameSpeed:     "speed {speed}",

	WrongExtension: "{name} is not a replay: its name must end in .SC2Replay. Upload the file that the game saved.",
	EmptyFile:      "the file is empty. Upload it again from your replay folder.",
	TooLarge:       "the file is larger than {limit}. A replay of a ladder game is far smaller; upload the file that the game saved.",
	NotAReplay:     "this is not a StarCraft II replay. Upload the .SC2Replay file that the game saved.",
	Truncated:      "the file ends too early. Upload it again from your replay folder.",
	Damaged:        "the file is damaged. Upload it again from your replay folder.",
	UnknownBuild:   "it was saved by game build {build}, which this program cannot read yet. Please tell an admin.",
	BetaBuild:      "this version cannot be read: the file is from the game's beta of 2010 (build {build}).",
	Unreadable:     "parts of the file cannot be read. Upload it again from your replay folder.",
	TookTooLong:    "reading it took too long. If the file plays in the game, please tell an admin.",
	Poison:         "A critical error occurred while parsing the replay. The file may be corrupted. Please notify an admin.",
	FileGone:       "Discord no longer has the file. Please upload it again.",
	NoSuchFile:     "there is no such file. Check its name.",
	FileMissing:    "the uploaded file is no longer in our storage. Please upload it again.",

	LimitedInFlight: "You have {limit} replays waiting for their result already. Please send the next one when one of them has its result.",
	LimitedPlayer:   "You have sent {limit} replays within an hour, and nobody may send more. Please send this one again in {minutes} min.",
	LimitedGuild:    "{limit} replays have come from this server within an hour, and no server may send more. Please send this one again in {minutes} min.",
	LimitedShare:    "This server has used much of its {limit} replays an hour, and you have sent your share of them. Please send this one again in {minutes} min.",
	LimitedJunk:     "{limit} of the files that you sent within an hour could not be read as replays, and nobody may send more of those. Please send this one again in {minutes} min.",
	LimitedAddress:  "{limit} replays have come from your address within an hour, and no address may send more. Please send this one again in {minutes} min.",
	QueuePlace:      "Many replays are waiting; this one is number {place} in the queue.",

	CommandReplay: "Analyse a StarCraft II replay",
	OptionFile:    "The .SC2Replay file that the game saved",

	ResultWon:   "**{map}** · {length} · 🏆 {winners} won against {losers}",
	ResultAlone: "**{map}** · {length} · 🏆 {winners} won",
	ResultTied:  "**{map}** · {length} · {teams} · a tie",
	ResultOpen:  "**{map}** · {length} · {teams} · result unknown",
	ResultLed:   "**{map}** · {length} · 🏆 {winners} won · result unknown: {others}",

	ResultLikely:  "**{map}** · {length} · {winners} probably won against {losers}",
	LengthDecided: "{length} (decided at {decided})",
	SourceNote:    "Result from: {source}",
	ResultEmpty:   "**{map}** · {length}",

	SeenByAll:  "On the public list: <{address}>",
	SeenByLink: "Not on the public list. Everybody who has this link can see it: <{address}>",

	PlayerWithRace: "{player} ({race})",
	CommanderOf:    "{commander}, {race}",
	NoName:         "(no name)",
	NoMap:          "(unnamed map)",
	UnknownRace:    "unknown race",
	PickedRandom:   "{race} (random)",
	Computer:       "AI",
	APM:            "{apm} APM",
	MMR:            "{mmr} MMR",
	Handicap:       "handicap {percent} %",
	Resumed:        "resumed from a replay",
	AndMore:        "… and {n} more",

	LabelTeam:      "Team {team}",
	LabelPlayers:   "Players",
	LabelComputers: "Computers",
	LabelObservers: "Observers",
	LabelWarnings:  "Please note",

	Terran:    "Terran",
	Zerg:      "Zerg",
	Protoss:   "Protoss",
	BWTerran:  "Terran (Brood War)",
	BWZerg:    "Zerg (Brood War)",
	BWProtoss: "Protoss (Brood War)",
	Random:    "Random",

	Victory:   "Win",
	Defeat:    "Loss",
	Tie:       "Tie",
	Undecided: "Result unknown",

	LikelyVictory: "Probably won",
	LikelyDefeat:  "Probably lost",

	TypeRanked:   "Ranked",
	TypeUnranked: "Unranked",
	TypeVersusAI: "Versus AI",
	TypeCustom:   "Custom game",
	RegionTest:   "Test realm",

	CategoryLadder:       "Ladder",
	CategoryPrivate:      "Custom game",
	CategoryPublic:       "Public game",
	CategorySingleplayer: "Against AI",

	FormatFFA:    "Free for all",
	FormatCoop:   "Co-op",
	FormatArchon: "Archon",
	FormatOther:  "Other",

	SourceMetadata:  "the game’s own summary",
	SourceDetails:   "the replay’s details",
	SourceObjective: "the map’s objective",
	SourceLeaves:    "who left first",
	SourceGuess:     "a guess: part of one side gave up, and the recording ends there",
	SourceNone:      "nobody can tell",
}
