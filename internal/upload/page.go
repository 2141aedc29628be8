package upload

import (
	"strconv"
	"strings"
)

// Page is the address of a submission's page: a path, below public where that is
// known, the address of the site as players reach it.
func Page(public string, id ID) string {
	return strings.TrimRight(public, "/") + "/replays/" + strconv.FormatInt(int64(id), 10)
}
