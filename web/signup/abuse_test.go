package signup

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/bits"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/web/crowd"
)

// solve works a proof out, as the script does.
func solve(challenge string) string {
	var found []string
	for i := range puzzles {
		for n := 0; ; n++ {
			sum := sha256.Sum256([]byte(challenge + ":" + strconv.Itoa(i) + ":" + strconv.Itoa(n)))
			if bits.LeadingZeros32(binary.BigEndian.Uint32(sum[:])) >= puzzleBits {
				found = append(found, strconv.Itoa(n))
				break
			}
		}
	}
	return challenge + ":" + strings.Join(found, ",")
}

func TestProofOfWork(t *testing.T) {
	p := prover{[]byte("a secret")}
	good := solve(p.challenge(start()))
	_, numbers, _ := strings.Cut(good, ":")
	for name, tt := range map[string]struct {
		proof string
		at    time.Time
		ok    bool
	}{
		"good":            {good, start(), true},
		"too late":        {good, start().Add(challengeFor), false},
		"of others":       {solve(prover{[]byte("another")}.challenge(start())), start(), false},
		"other numbers":   {p.challenge(start()) + ":" + numbers, start(), false},
		"one short":       {good[:strings.LastIndexByte(good, ',')], start(), false},
		"nothing":         {"", start(), false},
		"no challenge":    {":" + numbers, start(), false},
		"of great length": {good + strings.Repeat("0", longestProof), start(), false},
	} {
		if _, ok := p.check(tt.proof, tt.at); ok != tt.ok {
			t.Errorf("%s: %v", name, ok)
		}
	}
}

// The script of the page, run by Node.js, finds what the service takes.
func TestScriptProves(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	challenge := prover{[]byte("a secret")}.challenge(time.Now())
	script, err := os.ReadFile(filepath.Join("static", "signup.js"))
	if err != nil {
		t.Fatal(err)
	}
	program := fmt.Sprintf(`const form = {dataset: {challenge: %q, puzzles: "%d", bits: "%d"}, elements: {proof: {set value(v) { console.log(v); }}}, addEventListener(kind, f) { if (kind === "focusin") setTimeout(f, 0); }};
const document = {querySelector: () => form};
`, challenge, puzzles, puzzleBits) + string(script)
	began := time.Now()
	out, err := exec.CommandContext(t.Context(), node, "-e", program).Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := (prover{[]byte("a secret")}).check(strings.TrimSpace(string(out)), time.Now()); !ok {
		t.Errorf("the script finds %q", out)
	}
	t.Logf("in %v", time.Since(began))
}

// behind puts the handler behind a proxy that says who asks, as in front of readers.
func (d *desk) behind() http.Handler {
	gate := crowd.NewGate(crowd.Limits{Connections: 10, Address: 10, Wait: time.Second}, []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}, crowd.NewCounts(nil), slog.New(slog.DiscardHandler))
	server, client := net.Pipe()
	d.t.Cleanup(func() { _ = client.Close(); _ = server.Close() })
	listener := gate.Listener(once{server})
	conn, err := listener.Accept()
	if err != nil {
		d.t.Fatal(err)
	}
	ctx := gate.Context(d.t.Context(), conn)
	h := gate.Handler(d)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r.WithContext(ctx)) })
}

// once is a listener with one connection, which a proxy made.
type once struct{ net.Conn }

func (o once) Accept() (net.Conn, error) { return o, nil }
func (o once) Addr() net.Addr            { return o.LocalAddr() }
func (o once) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:1234"))
}

// bomb asks for a mail to an address, from somewhere, with or without a proof.
func (d *desk) bomb(h http.Handler, address, from, proof string) int {
	body := strings.NewReader(fmt.Sprintf(`{"address": %q, "counties": ["48201"], "proof": %q}`, address, proof))
	r := httptest.NewRequest("POST", site+"/api/v1/subscriptions", body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", from)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// Whoever signs up 10,000 addresses from 1,000 networks has no more mails sent than the
// cap, and the next hour, or day, the sign-ups of others are taken again.
func TestListBombing(t *testing.T) {
	d := newDesk(t)
	d.most = 10
	h := d.behind()
	taken := 0
	for i := range 10_000 {
		switch status := d.bomb(h, fmt.Sprintf("victim%d@host%d.example", i, i%700), fmt.Sprintf("10.%d.%d.%d", i%1000/250, i%250, 1+i/1000), ""); status {
		case http.StatusAccepted:
			taken++
		case http.StatusTooManyRequests:
		default:
			t.Fatalf("status %d", status)
		}
	}
	if slow := d.most / 5; taken != slow || d.requests() != slow {
		t.Errorf("%d were taken and %d kept, of which %d without a proof is the cap", taken, d.requests(), slow)
	}
	for i := range d.most { // meanwhile those with a browser sign up, until the cap
		want := http.StatusAccepted
		if i >= d.most-taken {
			want = http.StatusTooManyRequests
		}
		if status := d.bomb(h, fmt.Sprintf("a%d@b%d.example", i, i), fmt.Sprintf("198.51.%d.7", i), solve(d.prover.challenge(d.now))); status != want {
			t.Errorf("sign-up %d with a proof is answered %d", i+1, status)
		}
	}
	if d.requests() != d.most {
		t.Errorf("%d were kept, and the cap is %d", d.requests(), d.most)
	}
	d.now = d.now.Add(time.Hour)
	if status := d.bomb(h, "bob@example.org", "198.51.100.8", ""); status != http.StatusAccepted {
		t.Errorf("an hour later somebody without a script is answered %d", status)
	}
}

// Each limit by itself, at its edge, and over when its time is.
func TestLimits(t *testing.T) {
	d := newDesk(t)
	d.most = 1000
	proof := func() string { return solve(d.prover.challenge(d.now)) }
	address := func(i int) string { return fmt.Sprintf("a%d@host%d.example", i, i) }
	for name, tt := range map[string]struct {
		most int
		wait time.Duration
		send func(i int) int
	}{
		"one address":        {addressHour, time.Hour, func(int) int { return d.bomb(d.behind(), "victim@example.org", "10.1.0.1", "") }},
		"one inbox, by tags": {addressHour, time.Hour, func(i int) int { return d.bomb(d.behind(), fmt.Sprintf("inbox+%d@example.net", i), "10.1.1.1", "") }},
		"one inbox, by dots": {addressHour, time.Hour, func(i int) int {
			return d.bomb(d.behind(), [...]string{"mailbox@gmail.com", "m.ailbox@gmail.com", "ma.ilbox+x@googlemail.com", "M.a.i.l.b.o.x@gmail.com", "mail.box@gmail.com"}[i%5], "10.1.2.1", "")
		}},
		"one client, no work": {slowHour, time.Hour, func(i int) int { return d.bomb(d.behind(), address(i), "10.2.0.1", "") }},
		"one /64, no work":    {slowHour, time.Hour, func(i int) int { return d.bomb(d.behind(), address(100+i), fmt.Sprintf("2001:db8::%d", i+1), "") }},
		"one domain": {domainHour, time.Hour, func(i int) int {
			return d.bomb(d.behind(), fmt.Sprintf("b%d@corp.example", i), fmt.Sprintf("10.3.%d.1", i), "")
		}},
	} {
		for i := range tt.most + 1 {
			want := http.StatusAccepted
			if i == tt.most {
				want = http.StatusTooManyRequests
			}
			if got := tt.send(i); got != want {
				t.Errorf("%s: sign-up %d is answered %d", name, i+1, got)
				break
			}
		}
		d.now = d.now.Add(tt.wait)
		if got := tt.send(1000); got != http.StatusAccepted {
			t.Errorf("%s: after %v it is answered %d", name, tt.wait, got)
		}
		d.now = d.now.Add(24 * time.Hour)
	}
	used := proof()
	for i := range slowHour + 1 { // one proof counts once; what follows has none
		if got := d.bomb(d.behind(), address(200+i), "10.4.0.1", used); got != http.StatusAccepted {
			t.Errorf("sign-up %d with one proof is answered %d", i+1, got)
		}
	}
	if got := d.bomb(d.behind(), address(300), "10.4.0.1", used); got != http.StatusTooManyRequests {
		t.Errorf("one proof counts again and again: %d", got)
	}
	if swept, err := d.people.Sweep(t.Context(), d.now.Add(readers.LimitLife), 0); err != nil || swept.Limits == 0 || strings.Contains(d.dump(), "\nlimits ") {
		t.Errorf("after %v: %+v, %v", readers.LimitLife, swept, err)
	}
}

// What is answered, and how fast, is the same for an address that is known, unknown or
// suppressed.
func TestAnswersTellNothing(t *testing.T) {
	d := newDesk(t)
	d.most = 1_000_000
	const each = 60
	took := map[string][]time.Duration{}
	bodies := map[string]bool{}
	for i := range each {
		known, suppressed := fmt.Sprintf("known%d@known%d.example", i, i), fmt.Sprintf("no%d@no%d.example", i, i)
		d.reader(known)
		if err := d.people.Suppress(context.Background(), suppressed, readers.Suppression{Reason: readers.ReasonHard, At: d.now}); err != nil {
			t.Fatal(err)
		}
		for kind, address := range map[string]string{"known": known, "suppressed": suppressed, "unknown": fmt.Sprintf("new%d@new%d.example", i, i)} {
			v := url.Values{"form": {"1"}, "follow": {"county:48201"}, "kind": kinds(), "model": {"JEM", "TFM", "WSO"}, "cadence": {"instant"}, "language": {"en"}, "do": {"send"}, "address": {address}}
			v.Set("seen", d.ask("GET", "/subscribe?county=48201", nil).values("send").Get("seen"))
			began := time.Now()
			a := d.ask("POST", "/subscribe", v)
			took[kind] = append(took[kind], time.Since(began))
			page := d.ask("GET", a.to, nil)
			bodies[fmt.Sprint(a.status, page.status, strings.ReplaceAll(page.body, address, "ADDRESS"))[:60]+strings.ReplaceAll(strings.ReplaceAll(page.body, address, ""), strings.TrimPrefix(a.to, "/subscribe/r/"), "")] = true
		}
		d.now = d.now.Add(25 * time.Hour) // the limits of one client begin anew
	}
	if len(bodies) != 1 {
		t.Errorf("%d different answers", len(bodies))
	}
	for kind := range took {
		slices.Sort(took[kind])
	}
	// The medians differ by less than a sample of one kind spreads: nobody learns from
	// one answer, nor from the few that one address has a day.
	spread := took["unknown"][each*9/10] - took["unknown"][each/10]
	for _, kind := range []string{"known", "suppressed"} {
		if off := (took[kind][each/2] - took["unknown"][each/2]).Abs(); off > spread {
			t.Errorf("%s addresses are answered %v apart from unknown ones, which spread over %v", kind, off, spread)
		}
	}
}

func kinds() []string {
	return []string{"new", "pending", "removed", "withdrawn", "restored", "amended", "milestone"}
}
