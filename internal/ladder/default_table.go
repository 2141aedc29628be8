package ladder

import (
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder/matching"
)

// DefaultSeason is a season that may start as it is: nothing is learnt yet.
func DefaultSeason(name string) Season {
	return Season{Name: name, State: SeasonRunning, Rules: DefaultRules(), Maps: DefaultMaps()}
}

// DefaultRules are the rules that the ladder is meant to have.
func DefaultRules() Rules {
	return Rules{
		Pairing: Cross, TeamSize: 1, Vetoes: 4,

		Search: minutes(60), SearchReminder: minutes(50),
		Offer: seconds(60), OfferReminder: seconds(30), OfferDelivery: minutes(2), Reoffer: minutes(10),
		NotHereFrom: minutes(10), NotHereAnswer: minutes(5), UploadReminder: minutes(25),
		Playing: minutes(180), OwnWin: minutes(30), Contest: minutes(24 * 60), DisputeReminder: minutes(60),
		ShortGame: seconds(120), EarlyStart: minutes(1), ClockSkew: minutes(10), SnapshotAfter: minutes(24 * 60),

		Penalties:       []Duration{0, minutes(5), minutes(15), minutes(30), minutes(60), minutes(120), minutes(240)},
		PenaltyForgiven: minutes(24 * 60),

		PairWindow: minutes(24 * 60), PairMatches: 3, HandleProofs: 3,

		Start: 1500, K: 40, Spread: 500, Provisional: 10, Tau: 0.5,

		Matching: matching.DefaultRule(),
	}
}

// DefaultMaps are the first pool, with titles as the game writes them. Their files are
// learnt from replays.
func DefaultMaps() []Map {
	return []Map{
		{Title: "[SC:Evo] Death Valley (데스밸리)"},
		{Title: "Golden Wall SEL"},
		{Title: "[SC:Evo] Holy World (홀리월드)"},
		{Title: "Keres Passage SEL"},
		{Title: "Mothership SEL"},
		{Title: "[SC:Evo] Radeon (라데온)"},
		{Title: "Ruby Rock SEL"},
		{Title: "[SC:Evo] Sylphid (실피드)"},
		{Title: "[SC:Evo] Vermeer (버미어)"},
	}
}

func seconds(n int) Duration { return Duration(time.Duration(n) * time.Second) }
func minutes(n int) Duration { return Duration(time.Duration(n) * time.Minute) }
