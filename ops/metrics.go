package ops

import (
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/watch287g/watch287g/roster"
)

// prefix begins the name of every metric of ours.
const prefix = "watch287g_"

// instruments count what this process does.
type instruments struct {
	polls        *prometheus.CounterVec
	pollTime     prometheus.Histogram
	sends        *prometheus.CounterVec
	retries      *prometheus.CounterVec
	sendTime     *prometheus.HistogramVec
	requests     *prometheus.CounterVec
	requestTime  *prometheus.HistogramVec
	refused      *prometheus.CounterVec
	mails        *prometheus.CounterVec
	returns      *prometheus.CounterVec
	byRequest    *sync.Map // of request to requestCounts, since looking them up by labels takes longer
	descriptions descriptions
}

func newInstruments() instruments {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: buckets}
	}
	return instruments{
		polls:    counter("polls_total", "Polls of ICE's page by this process, by what they ended in.", "outcome"),
		pollTime: prometheus.NewHistogram(histogram("poll_duration_seconds", "How long polls of ICE's page took.", []float64{.1, .5, 1, 2, 5, 10, 30, 60, 120, 300})),
		sends:    counter("sends_total", "Tries of this process to send a message, by channel and result: sent, failed (it is tried again), dead (given up) or cut-short (the service stopped).", "channel", "result"),
		retries:  counter("send_retries_total", "Tries that were not a message's first.", "channel"),
		sendTime: prometheus.NewHistogramVec(histogram("send_duration_seconds", "How long tries to send a message took.", []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}), []string{"channel"}),
		requests: counter("http_requests_total", "Requests that were answered, by kind of address and status.", "class", "code"),
		requestTime: prometheus.NewHistogramVec(histogram("http_request_duration_seconds", "How long it took to answer requests, until the last byte was taken.",
			[]float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}), []string{"class"}),
		refused:      counter("http_refused_total", "Connections and requests that were turned away or cut, by reason.", "reason"),
		mails:        counter("readers_mails_total", "Mails to readers that this process sent or tried to, by lane and result.", "lane", "result"),
		returns:      counter("readers_returns_total", "Bounces and complaints that this process took, by kind.", "kind"),
		byRequest:    &sync.Map{},
		descriptions: newDescriptions(),
	}
}

// register puts everything into the registry. Names are ours and constant, so that
// none can be taken.
func (m *Monitor) register() {
	i := m.seen
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		i.polls, i.pollTime, i.sends, i.retries, i.sendTime, i.requests, i.requestTime, i.refused, i.mails, i.returns, collector{m})
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + "build_info", Help: "The program's version, and that of Go."}, []string{"version", "goversion"})
	build.WithLabelValues(m.options.Version, runtime.Version()).Set(1)
	m.registry.MustRegister(build)
}

// Polled sees a poll that ended.
func (m *Monitor) Polled(p roster.Poll) {
	if m == nil {
		return
	}
	m.seen.polls.WithLabelValues(p.Outcome).Inc()
	m.seen.pollTime.Observe(p.Took.Seconds())
}

// Tried sees a try to send a message: how many there were with this one, and what came
// of it, as in the help of sends_total.
func (m *Monitor) Tried(channel, result string, attempt int, took time.Duration) {
	if m == nil {
		return
	}
	m.seen.sends.WithLabelValues(channel, result).Inc()
	m.seen.sendTime.WithLabelValues(channel).Observe(took.Seconds())
	if attempt > 1 {
		m.seen.retries.WithLabelValues(channel).Inc()
	}
}

// request is what requests are told apart by.
type request struct {
	class  string
	status int
}

type requestCounts struct {
	count prometheus.Counter
	time  prometheus.Observer
}

// Answered sees a request that was answered: its class, of which there is a small
// number, the status, and how long it took.
func (m *Monitor) Answered(class string, status int, took time.Duration) {
	if m == nil {
		return
	}
	key := request{class, status}
	counts, ok := m.seen.byRequest.Load(key)
	if !ok {
		counts, _ = m.seen.byRequest.LoadOrStore(key, requestCounts{
			m.seen.requests.WithLabelValues(class, strconv.Itoa(status)), m.seen.requestTime.WithLabelValues(class)})
	}
	of := counts.(requestCounts) //nolint:forcetypeassert // nothing else is stored
	of.count.Inc()
	of.time.Observe(took.Seconds())
}

// Refused sees that somebody was turned away, for one of a small number of reasons.
func (m *Monitor) Refused(reason string) {
	if m != nil {
		m.seen.refused.WithLabelValues(reason).Inc()
	}
}
