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
	NotAllowed    Key = "not_allowed"    // the player lacks a permission in the server
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

	PageLanguage Key = "page_language" // what the choice of a language is called
)

// The speeds of a game, and who a line of chat was written to.
const (
	SpeedSlower Key = "speed_slower"
	SpeedSlow   Key = "speed_slow"
	SpeedNormal Key = "speed_normal"
	SpeedFast   Key = "speed_fast"
	SpeedFaster Key = "speed_faster"

	ToAllies    Key = "to_allies"
	ToObservers Key = "to_observers"
)

// Warnings about a replay that was read. A {detail} is a technical cause, in
// English.
const (
	DamagedLobby         Key = "damaged_lobby"          // {detail}
	DamagedAttributes    Key = "damaged_attributes"     // {detail}
	DamagedMetadata      Key = "damaged_metadata"       // {detail}
	DamagedMessages      Key = "damaged_messages"       // {detail}
	DamagedGameEvents    Key = "damaged_game_events"    // {detail}
	DamagedTrackerEvents Key = "damaged_tracker_events" // {detail}
	NearestProtocol      Key = "nearest_protocol"       // {build}
	Anonymised           Key = "anonymised"             //
	FromSavedGame        Key = "from_saved_game"        //
	FromReplayAt         Key = "from_replay_at"         // {seconds}
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
	GaveUp         Key = "gave_up"         //
	NoSuchFile     Key = "no_such_file"    //
)

// What a player reads who sends too much, or everybody when all do.
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
	CommandReplay Key = "command_replay" // the description of /replay
	OptionFile    Key = "option_file"    // the description of its option
	NameReplay    Key = "name_replay"    // the command's name: lower case, no spaces
	NameFile      Key = "name_file"      // the option's name: likewise
	NameAnalyse   Key = "name_analyse"   // the message command's name

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

// What a player has to write otherwise, by ladder.ProfileField.
const (
	WrongName      Key = "wrong_name"      //
	WrongBattleTag Key = "wrong_battletag" //
	WrongAliases   Key = "wrong_aliases"   // {most}
	WrongCountry   Key = "wrong_country"   //
	WrongRegion    Key = "wrong_region"    // {regions}
	WrongRaces     Key = "wrong_races"     //
	WrongVetoes    Key = "wrong_vetoes"    // {most}
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

// What each check of a replay for a match came to, and what to do. {expected} and {found}
// are those of the evidence.
const (
	EvidencePlayersPass     Key = "evidence_players_pass"     //
	EvidencePlayersFail     Key = "evidence_players_fail"     // {found}
	EvidenceFormatPass      Key = "evidence_format_pass"      //
	EvidenceFormatFail      Key = "evidence_format_fail"      //
	EvidenceRacesPass       Key = "evidence_races_pass"       //
	EvidenceRacesFail       Key = "evidence_races_fail"       //
	EvidenceIdentityPass    Key = "evidence_identity_pass"    //
	EvidenceIdentityFail    Key = "evidence_identity_fail"    // {found}
	EvidenceIdentityUnknown Key = "evidence_identity_unknown" // {found}
	EvidenceNoveltyPass     Key = "evidence_novelty_pass"     //
	EvidenceNoveltyFail     Key = "evidence_novelty_fail"     //
	EvidenceNoveltyUnknown  Key = "evidence_novelty_unknown"  //
	EvidenceMapPass         Key = "evidence_map_pass"         //
	EvidenceMapFail         Key = "evidence_map_fail"         // {expected} {found}
	EvidenceMapUnknown      Key = "evidence_map_unknown"      //
	EvidenceModPass         Key = "evidence_mod_pass"         //
	EvidenceModFail         Key = "evidence_mod_fail"         // {found}
	EvidenceModUnknown      Key = "evidence_mod_unknown"      //
	EvidenceTimePass        Key = "evidence_time_pass"        //
	EvidenceTimeFail        Key = "evidence_time_fail"        //
	EvidenceTimeUnknown     Key = "evidence_time_unknown"     //
	EvidenceEndPass         Key = "evidence_end_pass"         //
	EvidenceEndUnknown      Key = "evidence_end_unknown"      //
	EvidenceWinnerPass      Key = "evidence_winner_pass"      //
	EvidenceWinnerFail      Key = "evidence_winner_fail"      //
	EvidenceWinnerUnknown   Key = "evidence_winner_unknown"   //
	EvidenceLengthPass      Key = "evidence_length_pass"      //
	EvidenceLengthFail      Key = "evidence_length_fail"      //
	EvidenceSpeed           Key = "evidence_speed"            // {found}
	EvidenceAlliances       Key = "evidence_alliances"        // {found}
	EvidencePrivacy         Key = "evidence_privacy"          // {found}
	EvidenceObservers       Key = "evidence_observers"        // {found}
)

// What an upload came to for the ladder's match that it belongs to. MatchRating is one
// player; {players} are such lines, or names where no rating changes.
const (
	MatchRuled    Key = "match_ruled"    // {players}
	MatchUnrated  Key = "match_unrated"  // {players}
	MatchRating   Key = "match_rating"   // {player} {before} {after} {change}
	MatchAgrees   Key = "match_agrees"   // {players}
	MatchDiffers  Key = "match_differs"  //
	MatchAsks     Key = "match_asks"     // the reasons follow
	MatchRejected Key = "match_rejected" // the reasons follow
	MatchBarred   Key = "match_barred"   //
)
