package referee_test

import (
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
)

// panel is a panel that a member of staff has posted.
func (b *bench) panel() discordtest.Message {
	b.Helper()
	carol := b.AddUser("carol")
	b.SetPermissions(carol, b.guild, discordtest.Administrator)
	b.says(b.slash(carol, "panel"), "Only staff")
	b.must(b.store.SetStaff(b.ctx, store.Member{Discord: carol.ID, Name: "carol", Role: store.Admin}, operator, b.now()))
	b.says(b.slash(carol, "panel"), "posted")
	for _, m := range b.Messages(b.channel) {
		if !m.Ephemeral {
			return m
		}
	}
	b.Fatal("no panel was posted")
	return discordtest.Message{}
}

func TestAnOwnerOfTheSettingsPostsAPanel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.SetPermissions(b.owner, b.guild, discordtest.Administrator)
	b.says(b.slash(b.owner, "panel"), "posted")
}

func TestAPanelSaysWhoSearchesAndPlays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	panel := b.panel()
	b.says(panel, "season One", "Brood War: 0 searching, usual wait –", "played: 0")
	b.says(b.press(b.alice, panel, "Join the queue"), "/setup")
	b.says(b.press(b.alice, panel, "Status"), "/setup")
	a, z := b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "ko", ladder.Terran)
	b.says(b.press(b.alice, panel, "Status"), "not in the queue")
	b.says(b.press(b.alice, panel, "Join the queue"), "You are searching")
	b.says(b.press(b.alice, panel, "Status"), "You are searching")
	races := b.press(b.bob, panel, "Races")
	b.says(races, "종족: 테란")
	b.says(b.press(b.bob, races, "v1:races:me", "protoss"), "프로토스")
	b.says(b.press(b.bob, panel, "Vetoes"), "거부한 맵: –")
	b.press(b.bob, panel, "Join the queue")

	b.must(b.referee.RefreshPanels(b.ctx))
	panel, _ = b.Message(panel.ID)
	b.says(panel, "Brood War: 1 searching", "StarCraft II: 1 searching")
	b.must(b.referee.RefreshPanels(b.ctx))
	if now, _ := b.Message(panel.ID); now.Edits() != 1 {
		t.Errorf("the panel was edited %d times", now.Edits())
	}
	b.pair(a, z)
	b.press(b.alice, b.inbox(b.alice), "Accept")
	b.press(b.bob, b.inbox(b.bob), "수락")
	b.must(b.referee.RefreshPanels(b.ctx))
	panel, _ = b.Message(panel.ID)
	b.says(panel, "Brood War: 0 searching, usual wait 1 minute", "played: 1")
	b.says(b.press(b.alice, panel, "Status"), "Radeon")
}

func TestADeletedPanelIsForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	panel := b.panel()
	b.queue(b.player(b.alice, "en", ladder.BWZerg))
	b.Delete(panel.ID)
	b.must(b.referee.RefreshPanels(b.ctx))
	if all, err := b.store.Panels(b.ctx); err != nil || len(all) > 0 {
		t.Errorf("panels %v (%v)", all, err)
	}
}
