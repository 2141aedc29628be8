package ladder

import (
	"slices"
	"strings"
)

// regions are the ladder's regions in the order of servers' rows.
var regions = []struct {
	code Region
	name string
}{
	{"NAW", "Western North America"},
	{"NAC", "Central North America"},
	{"NAE", "Eastern North America"},
	{"CAM", "Central America and the Caribbean"},
	{"SAM", "South America"},
	{"EUW", "Western Europe"},
	{"EUE", "Northern and Eastern Europe"},
	{"AFR", "Africa"},
	{"MEA", "Middle East and Central Asia"},
	{"SEA", "South and South-East Asia"},
	{"KRJ", "Korea and Japan"},
	{"CHN", "China"},
	{"THM", "Taiwan, Hong Kong and Macau"},
	{"OCE", "Oceania"},
	{"USB", "Urals and Siberia"},
	{"FER", "Far East Russia"},
}

// serverRows are the game servers of two regions: a row for each region, from its own
// column on. The table is symmetric.
var serverRows = []string{
	/* NAW */ "USW USC USC USE USE USE USE USE KOR KOR USW USW USW USW KOR KOR",
	/* NAC */ "USC USC USE USE USE USE EUC EUC USW USW USW USW USW EUC EUC",
	/* NAE */ "USE USE USE USE EUC EUC EUC USW USW USW USW USW EUC EUC",
	/* CAM */ "USE USE USE USE USE USE USW USW USW USW USW EUC EUC",
	/* SAM */ "USE USE USE USE USE USW USW USW USW USW USW USW",
	/* EUW */ "EUC EUC EUC EUC USW USW USW USW USW EUC EUC",
	/* EUE */ "EUC EUC EUC USW USC USW USW USW EUC EUC",
	/* AFR */ "EUC EUC SNG SNG SNG SNG SNG EUC EUC",
	/* MEA */ "EUC SNG SNG SNG SNG SNG EUC EUC",
	/* SEA */ "SNG TWN TWN SNG SNG SNG KOR",
	/* KRJ */ "KOR KOR KOR SNG TWN KOR",
	/* CHN */ "KOR KOR SNG KOR KOR",
	/* THM */ "TWN SNG KOR KOR",
	/* OCE */ "AUS SNG SNG",
	/* USB */ "EUC EUC",
	/* FER */ "KOR",
}

// servers are the game's servers: what they are called, the game region whose client
// finds them, and the part of the world where they stand.
var servers = map[string]struct{ name, region, place string }{
	"USW": {"Western United States", "AM", "North America"},
	"USC": {"Central United States", "AM", "North America"},
	"USE": {"Eastern United States", "AM", "North America"},
	"BRZ": {"Brazil", "AM", "South America"},
	"SNG": {"Singapore", "AM", "South-East Asia"},
	"AUS": {"Australia", "AM", "Oceania"},
	"EUC": {"Central Europe", "EU", "Europe"},
	"KOR": {"Korea", "AS", "East Asia"},
	"TWN": {"Taiwan", "AS", "East Asia"},
}

// Regions are the codes of all regions, in the order of RegionSteps.
func Regions() []Region {
	all := make([]Region, len(regions))
	for i, r := range regions {
		all[i] = r.code
	}
	return all
}

// Index is the region's place in Regions, or -1.
func (r Region) Index() int { return slices.Index(Regions(), r) }

// Name is the region in English; its code where there is no such region.
func (r Region) Name() string {
	if i := r.Index(); i >= 0 {
		return regions[i].name
	}
	return string(r)
}

// ServerOf is the game server on which two regions play; empty for what is no region.
func ServerOf(a, b Region) string {
	i, j := a.Index(), b.Index()
	if i < 0 || j < 0 {
		return ""
	}
	return strings.Fields(serverRows[min(i, j)])[max(i, j)-min(i, j)]
}

// ServerName is a server in English.
func ServerName(server string) string { return servers[server].name }

// ServerRegion is the game region in which a server is chosen: "AM", "EU" or "AS".
func ServerRegion(server string) string { return servers[server].region }

// Blocked says whether two regions never meet: the way between them is too long for
// either server.
func Blocked(a, b Region) bool {
	east, south := []Region{"USB", "FER"}, []Region{"CAM", "SAM"}
	return slices.Contains(east, a) && slices.Contains(south, b) || slices.Contains(east, b) && slices.Contains(south, a)
}

// NeverMeet is the distance of regions that are Blocked, as matching has it.
const NeverMeet int8 = -1

// RegionSteps is how far each region is from each other, by their places in Regions: how
// many of the two play on a server in another part of the world than at home.
func RegionSteps() [][]int8 {
	all := Regions()
	steps := make([][]int8, len(all))
	for i, a := range all {
		steps[i] = make([]int8, len(all))
		for j, b := range all {
			if Blocked(a, b) {
				steps[i][j] = NeverMeet
				continue
			}
			where := servers[ServerOf(a, b)].place
			for _, r := range []Region{a, b} {
				if servers[ServerOf(r, r)].place != where {
					steps[i][j]++
				}
			}
		}
	}
	return steps
}
