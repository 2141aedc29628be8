package phrase

// What the ladder says to a player, in the order of a match. {until} and {since} are
// moments as the edge shows them.
const (
	LadderOffer         Key = "ladder_offer"          // {race} {seconds}
	LadderOfferUnrated  Key = "ladder_offer_unrated"  //
	LadderOfferReminder Key = "ladder_offer_reminder" // {until}
	LadderOfferLapsed   Key = "ladder_offer_lapsed"   //
	LadderOfferDeclined Key = "ladder_offer_declined" //
	LadderOfferSilent   Key = "ladder_offer_silent"   //
	LadderOfferAccepted Key = "ladder_offer_accepted" //
	LadderOfferBegun    Key = "ladder_offer_begun"    //

	LadderMatch          Key = "ladder_match"           // {you} {race} {opponent} {other} {map} {server} {names}
	LadderMatchUnrated   Key = "ladder_match_unrated"   //
	LadderProof          Key = "ladder_proof"           // {code}
	LadderUploadReminder Key = "ladder_upload_reminder" //
	LadderNotHere        Key = "ladder_not_here"        // {opponent} {until}
	LadderNotHereAsked   Key = "ladder_not_here_asked"  // {until}
	LadderHere           Key = "ladder_here"            // {opponent}
	LadderHereSaid       Key = "ladder_here_said"       //
	LadderRemake         Key = "ladder_remake"          // {opponent}
	LadderRemakeAsked    Key = "ladder_remake_asked"    //
	LadderRemakeAgreed   Key = "ladder_remake_agreed"   //
	LadderReported       Key = "ladder_reported"        // {opponent} {result}
	LadderReportAsk      Key = "ladder_report_ask"      // {opponent} {map}
	LadderReportSaid     Key = "ladder_report_said"     // {result}
	LadderConfirm        Key = "ladder_confirm"         // {result} {length} {check}
	LadderConfirmSaid    Key = "ladder_confirm_said"    //
	LadderDismissSaid    Key = "ladder_dismiss_said"    //
	LadderEvidenceBarred Key = "ladder_evidence_barred" //
	LadderEvidenceDenied Key = "ladder_evidence_denied" //
	LadderEvidenceNext   Key = "ladder_evidence_next"   //
	LadderEvidence       Key = "ladder_evidence"        // why, or what to do, follows

	LadderWonBy Key = "ladder_won_by" // {player}: a result as a report says it
	LadderDraw  Key = "ladder_draw"   //

	LadderWon         Key = "ladder_won"          // {opponent} {map}
	LadderLost        Key = "ladder_lost"         // {opponent} {map}
	LadderDrew        Key = "ladder_drew"         // {opponent} {map}
	LadderRating      Key = "ladder_rating"       // {race} {before} {after} {change}
	LadderNoRating    Key = "ladder_no_rating"    //
	LadderChecks      Key = "ladder_checks"       // {passed}
	LadderContestSaid Key = "ladder_contest_said" //

	LadderByReplay     Key = "ladder_by_replay"     //
	LadderByReports    Key = "ladder_by_reports"    //
	LadderByConcession Key = "ladder_by_concession" //
	LadderByStaff      Key = "ladder_by_staff"      // {reason}

	LadderVoidAbsent    Key = "ladder_void_absent"     //
	LadderVoidOneReport Key = "ladder_void_one_report" //
	LadderVoidNoResult  Key = "ladder_void_no_result"  //
	LadderVoidStaff     Key = "ladder_void_staff"      // {reason}

	LadderDisputed          Key = "ladder_disputed"             // {why}
	LadderWhyReportsDiffer  Key = "ladder_why_reports_differ"   //
	LadderWhyOneReport      Key = "ladder_why_one_report"       //
	LadderWhyUnconfirmed    Key = "ladder_why_unconfirmed"      //
	LadderWhyContested      Key = "ladder_why_contested"        //
	LadderWhyDifferingFiles Key = "ladder_why_differing_replay" //

	LadderWarning         Key = "ladder_warning"           // {why}
	LadderPenalty         Key = "ladder_penalty"           // {why} {until}
	LadderPenaltyCleared  Key = "ladder_penalty_cleared"   //
	LadderPenaltyDeclined Key = "ladder_penalty_declined"  //
	LadderPenaltySilent   Key = "ladder_penalty_silent"    //
	LadderPenaltyAbsent   Key = "ladder_penalty_not_here"  //
	LadderPenaltyNoResult Key = "ladder_penalty_no_result" //

	LadderSearching      Key = "ladder_searching"       // {races} {since} {until}
	LadderLeft           Key = "ladder_left"            //
	LadderSearchReminder Key = "ladder_search_reminder" // {until}
	LadderSearchExpired  Key = "ladder_search_expired"  //
	LadderRemovedStaff   Key = "ladder_removed_staff"   //
	LadderRemovedBanned  Key = "ladder_removed_banned"  //
	LadderRemovedSeason  Key = "ladder_removed_season"  //
	LadderRemovedReach   Key = "ladder_removed_reach"   //
	LadderManual         Key = "ladder_manual"          //
	LadderRefund         Key = "ladder_refund"          //
)

// What the ladder says to its staff and in the log of results.
const (
	LadderStaffDispute  Key = "ladder_staff_dispute"   // {match} {players} {map} {why}
	LadderStaffDiffers  Key = "ladder_staff_differs"   // {match} {players}
	LadderStaffBound    Key = "ladder_staff_bound"     // {player} {match}
	LadderStaffSecond   Key = "ladder_staff_second"    // {player} {match}
	LadderStaffContest  Key = "ladder_staff_contest"   // {player} {match}
	LadderLogWon        Key = "ladder_log_won"         // {match} {winner} {loser} {map}
	LadderLogDraw       Key = "ladder_log_draw"        // {match} {players} {map}
	LadderLogVoid       Key = "ladder_log_void"        // {match} {players} {map}
	LadderNamedWithRace Key = "ladder_named_with_race" // {player} {race}
	LadderVersus        Key = "ladder_versus"          // {a} {b}
)

// The checks of a replay by name.
const (
	LadderCheckPlayers   Key = "ladder_check_players"
	LadderCheckFormat    Key = "ladder_check_format"
	LadderCheckRaces     Key = "ladder_check_races"
	LadderCheckIdentity  Key = "ladder_check_identity"
	LadderCheckNovelty   Key = "ladder_check_novelty"
	LadderCheckMap       Key = "ladder_check_map"
	LadderCheckMod       Key = "ladder_check_mod"
	LadderCheckTime      Key = "ladder_check_time"
	LadderCheckEnd       Key = "ladder_check_end"
	LadderCheckWinner    Key = "ladder_check_winner"
	LadderCheckLength    Key = "ladder_check_length"
	LadderCheckSpeed     Key = "ladder_check_speed"
	LadderCheckAlliances Key = "ladder_check_alliances"
	LadderCheckPrivacy   Key = "ladder_check_privacy"
	LadderCheckObservers Key = "ladder_check_observers"
)

// What buttons are called; at most 80 characters.
const (
	ButtonAccept  Key = "button_accept"
	ButtonDecline Key = "button_decline"
	ButtonStay    Key = "button_stay"
	ButtonJoin    Key = "button_join"
	ButtonLeave   Key = "button_leave"
	ButtonReport  Key = "button_report"
	ButtonNotHere Key = "button_not_here"
	ButtonHere    Key = "button_here"
	ButtonRemake  Key = "button_remake"
	ButtonConfirm Key = "button_confirm"
	ButtonDismiss Key = "button_dismiss"
	ButtonContest Key = "button_contest"
	ButtonWon     Key = "button_won"
	ButtonLost    Key = "button_lost"
	ButtonDraw    Key = "button_draw"
	ButtonTerms   Key = "button_terms"
	ButtonProfile Key = "button_profile"
	ButtonFinish  Key = "button_finish"
	ButtonRaces   Key = "button_races"
	ButtonVetoes  Key = "button_vetoes"
	ButtonStatus  Key = "button_status"
)

// The board and profiles, as commands show them.
const (
	SlashLeaderboard  Key = "slash_leaderboard"
	SlashRace         Key = "slash_race"
	SlashProfile      Key = "slash_profile"
	SlashPlayer       Key = "slash_player"
	AboutLeaderboard  Key = "about_leaderboard"
	AboutRace         Key = "about_race"
	AboutProfile      Key = "about_profile"
	AboutPlayer       Key = "about_player"
	BoardTitle        Key = "board_title"
	BoardTitleOf      Key = "board_title_of" // {race}
	BoardLine         Key = "board_line"     // {place} {rank} {player} {rating}
	BoardPage         Key = "board_page"     // {page} {pages}
	BoardEmpty        Key = "board_empty"
	BoardNoSeason     Key = "board_no_season"
	RatingShown       Key = "rating_shown"       // {race} {rating} {deviation} {games}
	RatingProvisional Key = "rating_provisional" // {race} {rating} {deviation} {games}
	ProfileRatings    Key = "profile_ratings"
	ProfileRecord     Key = "profile_record"
	ProfileAgainst    Key = "profile_against"
	ProfileLast       Key = "profile_last"
	ProfileNone       Key = "profile_none"
	ProfileRecordOf   Key = "profile_record_of" // {race} {won} {lost} {drawn} {share}
	ProfileMatch      Key = "profile_match"     // {result} {opponent} {map} {change} {when}
	PlayedWon         Key = "played_won"
	PlayedLost        Key = "played_lost"
	PlayedDrawn       Key = "played_drawn"
	PlayedVoid        Key = "played_void"
	PlayedDisputed    Key = "played_disputed"
	NoPlayerOf        Key = "no_player_of"
	ButtonBefore      Key = "button_before"
	ButtonAfter       Key = "button_after"
)

// The commands of staff.
const (
	SlashAdmin        Key = "slash_admin"
	SlashResolve      Key = "slash_resolve"
	SlashVoid         Key = "slash_void"
	SlashRestore      Key = "slash_restore"
	SlashWinner       Key = "slash_winner"
	SlashBan          Key = "slash_ban"
	SlashUnban        Key = "slash_unban"
	SlashClearPenalty Key = "slash_clear_penalty"
	AboutAdmin        Key = "about_admin"
	AboutDeskShow     Key = "about_desk_show"
	AboutDeskMatch    Key = "about_desk_match"
	AboutDeskPlayer   Key = "about_desk_player"
	AboutResolve      Key = "about_resolve"
	AboutWinner       Key = "about_winner"
	AboutVoid         Key = "about_void"
	AboutRestore      Key = "about_restore"
	AboutBan          Key = "about_ban"
	AboutUnban        Key = "about_unban"
	AboutClearPenalty Key = "about_clear_penalty"
)

// What staff read.
const (
	DeskMatch           Key = "desk_match"    // {match} {players} {map}
	DeskTitle           Key = "desk_title"    // {match}
	DeskPlace           Key = "desk_place"    // {map} {server} {offered}
	DeskStanding        Key = "desk_standing" // {state} {what}
	DeskNames           Key = "desk_names"    // {player} {user} {names}
	DeskReport          Key = "desk_report"   // {player} {result} {when}
	DeskRuling          Key = "desk_ruling"   // {number} {result} {by} {when}
	DeskReplay          Key = "desk_replay"   // {player}
	DeskStaff           Key = "desk_staff"
	DeskGame            Key = "desk_game"          // {verdict} {when} {length}
	DeskCheckFail       Key = "desk_check_fail"    // {check} {what}
	DeskCheckUnknown    Key = "desk_check_unknown" // {check} {what}
	DeskWhoWon          Key = "desk_who_won"
	DeskWeighed         Key = "desk_weighed"       // {match} {before} {after}
	DeskBan             Key = "desk_ban"           // {player}
	DeskUnban           Key = "desk_unban"         // {player}
	DeskClearPenalty    Key = "desk_clear_penalty" // {player}
	DeskSoAlready       Key = "desk_so_already"
	DeskMovedOn         Key = "desk_moved_on" // {match} {now}
	DeskDone            Key = "desk_done"     // {what} {reason}
	DeskForgotten       Key = "desk_forgotten"
	StateOffered        Key = "state_offered"
	StatePlaying        Key = "state_playing"
	StateFinal          Key = "state_final"
	StateDisputed       Key = "state_disputed"
	StateLapsed         Key = "state_lapsed"
	StateVoid           Key = "state_void"
	VerdictUnrelated    Key = "verdict_unrelated"
	VerdictVerified     Key = "verdict_verified"
	VerdictConfirmation Key = "verdict_needs_confirmation"
	VerdictInconclusive Key = "verdict_inconclusive"
	VerdictRefused      Key = "verdict_refused"
	FormReasonTitle     Key = "form_reason_title"
	FormReason          Key = "form_reason"
	HintReason          Key = "hint_reason"
	ButtonDesk          Key = "button_desk"
	ButtonForget        Key = "button_forget"
	ButtonVoid          Key = "button_void"
	ButtonRestore       Key = "button_restore"
)

// The queue and the staff, as staff see to them.
const (
	SlashShow        Key = "slash_show"
	SlashPause       Key = "slash_pause"
	SlashResume      Key = "slash_resume"
	SlashStaff       Key = "slash_staff"
	SlashList        Key = "slash_list"
	SlashAdd         Key = "slash_add"
	SlashRemove      Key = "slash_remove"
	SlashUser        Key = "slash_user"
	SlashRole        Key = "slash_role"
	AboutDeskQueue   Key = "about_desk_queue"
	AboutShow        Key = "about_show"
	AboutPause       Key = "about_pause"
	AboutResume      Key = "about_resume"
	AboutStaff       Key = "about_staff"
	AboutList        Key = "about_list"
	AboutAdd         Key = "about_add"
	AboutRemove      Key = "about_remove"
	AboutUser        Key = "about_user"
	AboutRole        Key = "about_role"
	DeskQueue        Key = "desk_queue"         // {state} {bw} {sc2} {either} {playing}
	DeskQueueWeighed Key = "desk_queue_weighed" // {before} {after}
	DeskQueueDone    Key = "desk_queue_done"    // {after} {reason}
	DeskChanged      Key = "desk_changed"
	QueueOpen        Key = "queue_open"
	QueuePaused      Key = "queue_paused"
	QueueClosed      Key = "queue_closed"
	DeskMember       Key = "desk_member" // {user} {role} {by}
	DeskOwner        Key = "desk_owner"  // {user} {role}
	DeskNoStaff      Key = "desk_no_staff"
	DeskStaffWeighed Key = "desk_staff_weighed" // {user} {before} {after}
	DeskStaffDone    Key = "desk_staff_done"    // {user} {after}
	RoleOwner        Key = "role_owner"
	RoleAdmin        Key = "role_admin"
	RoleCaster       Key = "role_caster"
	RoleNone         Key = "role_none"
)

// Why the ladder does not do what was asked. The key is "refused_" and the code of the
// refusal.
const (
	RefusedNotSetUp    Key = "refused_not_set_up"    //
	RefusedBanned      Key = "refused_banned"        //
	RefusedPenalised   Key = "refused_penalised"     // {until}
	RefusedInQueue     Key = "refused_in_queue"      //
	RefusedInMatch     Key = "refused_in_match"      //
	RefusedNotInQueue  Key = "refused_not_in_queue"  //
	RefusedQueueClosed Key = "refused_queue_closed"  //
	RefusedNoRace      Key = "refused_no_race"       //
	RefusedNotYours    Key = "refused_not_yours"     //
	RefusedOver        Key = "refused_over"          //
	RefusedTooEarly    Key = "refused_too_early"     // {until}
	RefusedTooLate     Key = "refused_too_late"      //
	RefusedNotOpen     Key = "refused_not_open"      //
	RefusedNotFound    Key = "refused_not_found"     //
	RefusedNotStaff    Key = "refused_not_staff"     //
	RefusedNeedsReason Key = "refused_needs_reason"  //
	RefusedBadValue    Key = "refused_bad_value"     //
	RefusedNameTaken   Key = "refused_name_taken"    //
	RefusedHasAccount  Key = "refused_has_account"   //
	RefusedSeasonOpen  Key = "refused_season_open"   //
	RefusedMatchesLive Key = "refused_matches_live"  //
	RefusedNoMatch     Key = "refused_no_live_match" // the player plays none
	RefusedRemake      Key = "refused_remake"        // no game was handed in
	RefusedPresent     Key = "refused_present"       // the opponent has played
)

// The ladder's commands: names are lower case without spaces, descriptions have at most 100
// characters.
const (
	SlashSetup   Key = "slash_setup"
	SlashCountry Key = "slash_country"
	SlashQueue   Key = "slash_queue"
	SlashBW      Key = "slash_bw"
	SlashSC2     Key = "slash_sc2"
	SlashLeave   Key = "slash_leave"
	SlashMatch   Key = "slash_match"
	SlashReport  Key = "slash_report"
	SlashResult  Key = "slash_result"
	SlashPanel   Key = "slash_panel"
	AboutPanel   Key = "about_panel"
	AboutSetup   Key = "about_setup"
	AboutCountry Key = "about_country"
	AboutQueue   Key = "about_queue"
	AboutBW      Key = "about_bw"
	AboutSC2     Key = "about_sc2"
	AboutLeave   Key = "about_leave"
	AboutMatch   Key = "about_match"
	AboutReport  Key = "about_report"
	AboutResult  Key = "about_result"
)

// What a player reads who sets up. What begins with form_ has at most 45 characters.
const (
	SetupTerms   Key = "setup_terms"   //
	SetupCard    Key = "setup_card"    // {name} {battletag} {aliases} {country} {region} {language} {races} {vetoes}
	SetupMissing Key = "setup_missing" // {fields}
	SetupConfirm Key = "setup_confirm" //
	SetupDone    Key = "setup_done"    //

	FormProfile   Key = "form_profile"
	FormName      Key = "form_name"
	FormBattleTag Key = "form_battletag"
	FormAliases   Key = "form_aliases"
	FormCountry   Key = "form_country"
	FormRegion    Key = "form_region"
	FormRaces     Key = "form_races"
	FormVetoes    Key = "form_vetoes"
	HintAliases   Key = "hint_aliases"
	HintCountry   Key = "hint_country"
	PickRegion    Key = "pick_region"
	PickLanguage  Key = "pick_language"
	PickRaces     Key = "pick_races"
	PickVetoes    Key = "pick_vetoes" // {most}
)

// The queue's panel.
const (
	Panel           Key = "panel"             // {season} {bw} {bw_wait} {sc2} {sc2_wait} {either} {playing}
	PanelMinutes    Key = "panel_minutes"     // {minutes}
	PanelPosted     Key = "panel_posted"      //
	PanelNotAllowed Key = "panel_not_allowed" //
)
