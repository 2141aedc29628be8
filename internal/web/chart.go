package web

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// chart is ratings over time as lines, in the units of an SVG's viewBox.
type chart struct {
	Shape         string // "wide" or "narrow": the style sheet shows one of them
	Width, Height int
	Lines         []chartLine
	Ticks         []tick // of ratings
	Dates         []tick // of time
	From, To      time.Time
	Low, High     float64
}

// chartLine is a race's.
type chartLine struct {
	Race ladder.Race
	Path string // of an SVG's path
	Last point
}

type point struct{ X, Y float64 }

// tick is a label on an axis.
type tick struct {
	At   float64
	Text string
}

// The space around the lines.
const (
	chartLeft, chartRight = 46, 14
	chartTop, chartBottom = 12, 28
)

// charts are the timeline for wide and for narrow screens; none without two points.
func charts(timeline []ladder.RatingPoint) []chart {
	if len(timeline) < 2 {
		return nil
	}
	return []chart{newChart("wide", 720, 240, timeline), newChart("narrow", 330, 240, timeline)}
}

func newChart(shape string, width, height int, timeline []ladder.RatingPoint) chart {
	c := chart{Shape: shape, Width: width, Height: height, From: timeline[0].At, To: timeline[len(timeline)-1].At}
	c.Low, c.High = timeline[0].Value, timeline[0].Value
	for _, p := range timeline {
		c.Low, c.High = min(c.Low, p.Value), max(c.High, p.Value)
	}
	step := tickStep(c.High - c.Low)
	bottom, top := math.Floor(c.Low/step)*step, math.Ceil(c.High/step)*step
	if bottom == top {
		top += step
	}
	right, base := float64(width-chartRight), float64(height-chartBottom)
	at := func(p ladder.RatingPoint) point {
		share := 1.0
		if span := c.To.Sub(c.From); span > 0 {
			share = float64(p.At.Sub(c.From)) / float64(span)
		}
		return point{chartLeft + share*(right-chartLeft), base - (p.Value-bottom)/(top-bottom)*(base-chartTop)}
	}
	for value := bottom; value <= top; value += step {
		c.Ticks = append(c.Ticks, tick{at(ladder.RatingPoint{Value: value}).Y, fmt.Sprintf("%.0f", value)})
	}
	c.Dates = []tick{{chartLeft, c.From.UTC().Format(time.DateOnly)}, {right, c.To.UTC().Format(time.DateOnly)}}
	for _, race := range ladder.Races {
		c.draw(race, timeline, at)
	}
	return c
}

// draw adds the line of a race that has points.
func (c *chart) draw(race ladder.Race, timeline []ladder.RatingPoint, at func(ladder.RatingPoint) point) {
	var path strings.Builder
	var last point
	for _, p := range timeline {
		if p.Race != race {
			continue
		}
		if last = at(p); path.Len() == 0 {
			fmt.Fprintf(&path, "M%.1f %.1f", last.X, last.Y)
		} else {
			fmt.Fprintf(&path, "L%.1f %.1f", last.X, last.Y)
		}
	}
	if path.Len() > 0 {
		c.Lines = append(c.Lines, chartLine{Race: race, Path: path.String(), Last: last})
	}
}

// tickStep is how far labels are apart, for three to six of them.
func tickStep(span float64) float64 {
	steps := []float64{20, 50, 100, 200, 500, 1000}
	for _, step := range steps {
		if span <= 5*step {
			return step
		}
	}
	return steps[len(steps)-1]
}

// Newest is the points from the last one back, for the table behind the chart.
func (p profile) Newest() []ladder.RatingPoint {
	newest := slices.Clone(p.Timeline)
	slices.Reverse(newest)
	return newest
}
