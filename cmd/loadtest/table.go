package main

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
)

// Print writes a report for people.
func (r *Report) Print(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(table, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	_, _ = fmt.Fprintf(w, "\n%s on %s: %s\n", r.Scenario, r.Engine, r.verdict())
	if r.Files > 0 {
		r.printOutcome(row)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Costs)) {
		cost := r.Costs[name]
		row(name, "%.2f s of processor time%s%s", cost.CPU, eachFile(cost.CPU, r.Files), peak(cost.Peak))
	}
	if r.Machine.Busy > 0 {
		row("all processors", "%.0f %% busy, %.0f %% of it with other work", r.Machine.Busy*100, r.Machine.Others/r.Machine.Busy*100)
	}
	for _, f := range r.Figures {
		row(f.Name, "%.2f %s", f.Value, f.Unit)
	}
	for _, list := range []struct {
		name  string
		lines []string
	}{{"unexpected exits", r.Exits}, {"killed at the end", r.Killed}, {"Discord's rules broken", r.violations()}, {"details", r.Details}} {
		if len(list.lines) > 0 {
			for n, line := range list.lines[:min(len(list.lines), maxDetails)] {
				if n > 0 {
					list.name = ""
				}
				row(list.name, "%s", short(line))
			}
		}
	}
	_ = table.Flush()
}

func (r *Report) printOutcome(row func(name, format string, args ...any)) {
	row("files", "%d in %.1f s, the last answer after %.1f s", r.Files, r.Sending, r.Took)
	row("submissions", "%d", r.Submissions)
	row("answers", "%d, %.1f a second", r.Answers, r.PerSecond)
	row("lost, doubled, wrong, stray", "%d, %d, %d, %d", r.Lost, r.Doubled, r.Wrong, r.Strays)
	if r.Declined+r.Unacknowledged+r.Repeats > 0 {
		row("told to try again", "%d; commands Discord gave up on: %d; answers written again: %d", r.Declined, r.Unacknowledged, r.Repeats)
	}
	row("upload to answer", "%s", r.Latency)
	row("acknowledgement", "%s", r.Acks)
	if len(r.Strikes) > 0 {
		var strikes []string
		for _, name := range slices.Sorted(maps.Keys(r.Strikes)) {
			strikes = append(strikes, fmt.Sprintf("%d %s", r.Strikes[name], name))
		}
		row("harm done", "%s", strings.Join(strikes, ", "))
	}
	if r.Redis > 0 {
		row("Redis commands a file", "%.1f", r.Redis)
	}
	if r.Commits > 0 {
		row("Postgres a file", "%.1f statements, %.1f transactions", r.Statements, r.Commits)
	}
}

func (r *Report) verdict() string {
	if r.Passed() {
		return "passed"
	}
	return "FAILED"
}

func (q Quantiles) String() string {
	if q.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, max %.0f ms (%d)", q.P50, q.P95, q.P99, q.Max, q.Count)
}

func eachFile(cpu float64, files int) string {
	if files == 0 {
		return ""
	}
	return fmt.Sprintf(", %.1f ms a file", cpu/float64(files)*1000)
}

func peak(mib float64) string {
	if mib == 0 {
		return ""
	}
	return fmt.Sprintf(", at most %.0f MiB", mib)
}

// particular is what tells one request from another of its kind: ids, tokens.
var particular = regexp.MustCompile(`\d{15,}(/[\w-]{20,})?`)

// violations are those of one kind together.
func (r *Report) violations() []string {
	kinds := make(map[string]int)
	for _, v := range r.Violations {
		kinds[particular.ReplaceAllString(v, "…")]++
	}
	var lines []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		lines = append(lines, fmt.Sprintf("%d × %s", kinds[kind], kind))
	}
	return lines
}

// maxLine is where a detail is cut in the table; JSON has it whole.
const maxLine = 300

func short(line string) string {
	if runes := []rune(line); len(runes) > maxLine {
		return string(runes[:maxLine]) + "…"
	}
	return line
}
