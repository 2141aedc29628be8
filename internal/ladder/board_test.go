package ladder

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var boardDay = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestRankSizes(t *testing.T) {
	t.Parallel()
	for n := range 201 {
		sizes, sum := RankSizes(n), 0
		for _, s := range shares {
			got := sizes[s.rank]
			sum += got
			if n >= 7 && got < 1 {
				t.Errorf("of %d nobody is %s", n, s.rank)
			}
			if least := max(0, n-7) * s.percent / 100; got < least || n >= 7 && got > least+2 {
				t.Errorf("of %d, %d are %s, by share %d", n, got, s.rank, least)
			}
		}
		if sum != n {
			t.Errorf("of %d, %d have a rank", n, sum)
		}
	}
	for n, want := range map[int]string{
		1: "D", 2: "CD", 3: "CDE", 6: "BCCDDE", 7: "SABCDEF", 8: "SABCDDEF",
		107: "S2 A8 B22 C22 D22 E22 F9",
	} {
		got := ""
		for _, r := range ranks(n) {
			got += string(r)
		}
		if n > 20 {
			got = ""
			for _, s := range shares {
				got += fmt.Sprintf(" %s%d", s.rank, RankSizes(n)[s.rank])
			}
			got = got[1:]
		}
		if got != want {
			t.Errorf("of %d: %s, want %s", n, got, want)
		}
	}
}

func TestBoardIsATotalOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 201 {
		standings := make([]Standing, n)
		for i := range standings {
			standings[i] = Standing{
				Player: PlayerID(i/2 + 1), Name: fmt.Sprintf("p%d", random.IntN(5)), Race: Races[i%6],
				Rating: float64(1500 + random.IntN(3)), Wins: random.IntN(3), Losses: random.IntN(3),
				Last: boardDay.Add(-time.Duration(random.IntN(3)) * 20 * 24 * time.Hour), Hidden: random.IntN(10) == 0,
			}
		}
		want := Board(standings, boardDay, Rules{Provisional: 3})
		random.Shuffle(n, func(i, j int) { standings[i], standings[j] = standings[j], standings[i] })
		if !slices.Equal(Board(standings, boardDay, Rules{Provisional: 3}), want) {
			t.Fatalf("of %d, the order is not total", n)
		}
		checkPlaces(t, want)
	}
}

func checkPlaces(t *testing.T, board []Place) {
	t.Helper()
	best, active := -1, 0
	sizes := make(map[Rank]int)
	for i, p := range board {
		if p.Hidden || p.Place != i+1 || p.Provisional != (p.Games() < 3) {
			t.Errorf("place %d: %+v", i+1, p)
		}
		if i > 0 && CompareStandings(board[i-1].Standing, p.Standing) >= 0 {
			t.Errorf("places %d and %d are in the wrong order", i, i+1)
		}
		if p.active(boardDay) != (p.Rank != Unranked) {
			t.Errorf("last played %v, rank %q", p.Last, p.Rank)
		}
		if p.Rank == Unranked {
			continue
		}
		at := slices.IndexFunc(shares, func(s struct {
			rank    Rank
			percent int
		},
		) bool {
			return s.rank == p.Rank
		})
		if at < best {
			t.Errorf("place %d is %s, after a lower rank", i+1, p.Rank)
		}
		best = at
		active++
		sizes[p.Rank]++
	}
	for rank, size := range RankSizes(active) {
		if sizes[rank] != size {
			t.Errorf("%d are %s, want %d", sizes[rank], rank, size)
		}
	}
}

func TestBoardOrder(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return boardDay.AddDate(0, 0, -n) }
	want := []Standing{
		{Player: 9, Name: "i", Rating: 1600, Last: day(60)},
		{Player: 8, Name: "h", Rating: 1500, Last: day(1)},
		{Player: 7, Name: "g", Rating: 1500, Last: day(2), Wins: 2},
		{Player: 6, Name: "f", Rating: 1500, Last: day(2), Wins: 2, Losses: 1, Draws: 1},
		{Player: 5, Name: "e", Rating: 1500, Last: day(2), Wins: 1, Losses: 1},
		{Player: 4, Name: "a", Rating: 1500, Last: day(2)},
		{Player: 1, Name: "B", Rating: 1500, Last: day(2), Race: BWTerran},
		{Player: 2, Name: "b", Rating: 1500, Last: day(2), Race: BWTerran},
		{Player: 2, Name: "b", Rating: 1500, Last: day(2), Race: Zerg},
	}
	shuffled := slices.Clone(want)
	slices.Reverse(shuffled)
	var got []Standing
	for _, p := range TakeSnapshot(Season{}, shuffled, boardDay).Places {
		got = append(got, p.Standing)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
