package telemetry

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// scrapeTimeout bounds what one scrape may ask of the database.
const scrapeTimeout = 2 * time.Second

// Metrics is a process's counters, under the namespace evoladder.
type Metrics struct {
	registry  *prometheus.Registry
	accepted  *prometheus.CounterVec
	parsed    *prometheus.HistogramVec
	delivered *prometheus.CounterVec
	warned    *prometheus.CounterVec
	strange   *prometheus.CounterVec
	givenUp   *prometheus.CounterVec
	deaths    *prometheus.CounterVec
}

// NewMetrics also counts what the Go runtime and the operating system know of
// the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		accepted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "evoladder", Name: "uploads_total", Help: "Uploads that reached intake, by source and outcome.",
		}, []string{"source", "outcome"}),
		parsed: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "evoladder", Name: "parse_seconds", Help: "Time from taking a replay up to its recorded verdict, by outcome.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30},
		}, []string{"outcome"}),
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "evoladder", Name: "announcements_total", Help: "Answers given to Discord, by outcome.",
		}, []string{"outcome"}),
		warned: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "evoladder", Name: "quota_warnings_total", Help: "Servers that used much of their quota and users that sent junk, each once an hour, by which.",
		}, []string{"about"}),
		strange: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "evoladder", Name: "discord_undecodable_total", Help: "Pieces of what Discord sent that were skipped because they could not be decoded, by kind.",
		}, []string{"kind"}),
		givenUp: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "evoladder", Name: "jobs_given_up_total", Help: "Jobs that failed for our own reasons for a day and were recorded as failed, by kind.",
		}, []string{"kind"}),
		deaths: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "evoladder", Name: "parser_deaths_total", Help: "Parser processes that died under a replay, by how.",
		}, []string{"how"}),
	}
	m.registry.MustRegister(m.accepted, m.parsed, m.delivered, m.warned, m.strange, m.givenUp, m.deaths,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.begin()
	return m
}

// begin makes every series exist from the start, so that an alert can tell
// zero from absent.
func (m *Metrics) begin() {
	for _, source := range []string{"discord", "web", "cli"} {
		for _, outcome := range []string{"accepted", "known", "repeated", "refused", "limited", "failed"} {
			m.accepted.WithLabelValues(source, outcome)
		}
	}
	for _, outcome := range []string{"parsed", "invalid", "unsupported", "too_large", "timeout", "poison", "done_before", "retried", "file_missing", "file_lost"} {
		m.parsed.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"sent", "moot", "undeliverable", "retried"} {
		m.delivered.WithLabelValues(outcome)
	}
	for _, about := range []string{"guild", "junk"} {
		m.warned.WithLabelValues(about)
	}
	for _, kind := range []string{"message", "interaction", "command", "answer", "ready"} {
		m.strange.WithLabelValues(kind)
	}
	for _, kind := range []string{"replay:parse", "replay:reparse", "discord:announce", "discord:fetch"} {
		m.givenUp.WithLabelValues(kind)
	}
	for _, how := range []string{"crashed", "over_memory", "timed_out", "garbled", "killed", "forbidden"} {
		m.deaths.WithLabelValues(how)
	}
}

// Built names the build that the process runs, as a metric whose value is 1.
func (m *Metrics) Built(version string) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "evoladder", Name: "build_info", Help: "The build that runs, by its version and that of Go; always 1.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	}, func() float64 { return 1 }))
}

// Accepted counts an upload that intake has judged.
func (m *Metrics) Accepted(source, outcome string) { m.accepted.WithLabelValues(source, outcome).Inc() }

// QuotaWarned counts a warning about a server's quota or a user's junk.
func (m *Metrics) QuotaWarned(about string) { m.warned.WithLabelValues(about).Inc() }

// Parsed counts a replay whose verdict is recorded.
func (m *Metrics) Parsed(outcome string, took time.Duration) {
	m.parsed.WithLabelValues(outcome).Observe(took.Seconds())
}

// Delivered counts an answer given to Discord.
func (m *Metrics) Delivered(outcome string) { m.delivered.WithLabelValues(outcome).Inc() }

// Undecodable counts a piece of what Discord sent that was skipped.
func (m *Metrics) Undecodable(kind string) { m.strange.WithLabelValues(kind).Inc() }

// GaveUp counts a job that was recorded as failed for our own reasons.
func (m *Metrics) GaveUp(kind string) { m.givenUp.WithLabelValues(kind).Inc() }

// ParserDied counts a parser process that died under a replay.
func (m *Metrics) ParserDied(how string) { m.deaths.WithLabelValues(how).Inc() }

// Backlog is the pending jobs of one kind.
type Backlog struct {
	Kind   string
	Count  int
	Oldest time.Duration // how long the oldest has been pending
}

// WatchBacklog reads the pending jobs at every scrape.
func (m *Metrics) WatchBacklog(read func(context.Context) ([]Backlog, error)) {
	m.registry.MustRegister(backlogCollector{
		read:   read,
		count:  prometheus.NewDesc("evoladder_jobs_pending", "Jobs not yet done, by kind.", []string{"kind"}, nil),
		oldest: prometheus.NewDesc("evoladder_oldest_job_seconds", "Age of the oldest job not yet done, by kind.", []string{"kind"}, nil),
	})
}

type backlogCollector struct {
	read          func(context.Context) ([]Backlog, error)
	count, oldest *prometheus.Desc
}

func (c backlogCollector) Describe(out chan<- *prometheus.Desc) { out <- c.count; out <- c.oldest }

func (c backlogCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	backlog, err := c.read(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(c.count, err)
		return
	}
	for _, b := range backlog {
		out <- prometheus.MustNewConstMetric(c.count, prometheus.GaugeValue, float64(b.Count), b.Kind)
		out <- prometheus.MustNewConstMetric(c.oldest, prometheus.GaugeValue, b.Oldest.Seconds(), b.Kind)
	}
}

// Handler serves the metrics in Prometheus' text format. A source that cannot
// be read costs its own metrics only.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}
