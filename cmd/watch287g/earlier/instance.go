package earlier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/instance"
	"github.com/watch287g/watch287g/roster"
)

// otherSite reads the address of another watch287g.
func otherSite(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the address of another watch287g is like https://example.org, with nothing behind it")
	case u.Scheme != "https" && !onThisMachine(u.Hostname()):
		return nil, fmt.Errorf("what %s says could be changed on its way here; write https://%s", u.Host, u.Host)
	case wire.PrivateHost(u.Hostname()) && !onThisMachine(u.Hostname()):
		return nil, fmt.Errorf("%s is not on the public internet", u.Host)
	}
	u.Host, u.Path = strings.ToLower(u.Host), strings.TrimRight(u.Path, "/")
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}, nil
}

// instance takes what another watch287g has.
func (c Command) instance(ctx context.Context, e *Env, address string) error {
	base, err := otherSite(address)
	if err != nil {
		return e.Usage(err)
	}
	o := instance.Options{Base: base, Own: e.Own, Pace: paceOf(address), Now: e.Now, Say: e.say, Transport: newTransport(wire.PublicDialer())}
	if onThisMachine(base.Hostname()) {
		o.Transport = newTransport(&net.Dialer{Timeout: 10 * time.Second})
	}
	if o.Agent, err = e.agent(); err != nil {
		return err
	}
	if _, _, err := e.Own(ctx, ""); err != nil { // a service may hold the store, and is asked then
		return err
	}
	if o.Documents, err = e.Documents(ctx); err != nil {
		return err
	}
	if o.Linked, err = e.Linked(ctx); err != nil {
		return err
	}
	if o.Pool, err = e.open(o.Documents, false); err != nil {
		return err
	}
	defer o.Pool.Close() //nolint:errcheck // each capture was made durable
	staging := filepath.Join(e.pool(), "from-"+past.Hash([]byte(base.String()))[:16])
	if o.Staged, err = past.Open(staging, nil); err != nil {
		return inTheWay(err)
	}
	defer o.Staged.Close() //nolint:errcheck // each capture was made durable
	var done func()
	o.Progress, done = e.stages()
	r, err := instance.Import(ctx, o)
	done()
	switch {
	case errors.Is(err, instance.ErrLie):
		return errors.Join(err, os.RemoveAll(staging))
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted; what was had waits until all of it is there, and the same command goes on where it stopped")
	case err != nil:
		return fmt.Errorf("%w; what was had waits until all of it is there, and the same command goes on where it stopped", err)
	}
	e.printInstance(base.Host, r)
	return errors.Join(os.RemoveAll(staging), e.tell(ctx, o.Pool, o.Documents != nil))
}

func (e *Env) printInstance(host string, r instance.Report) {
	for _, left := range []struct {
		n    int
		what string
	}{{r.Withheld, "is not given out"}, {r.Unread, "is not read as that list here"}, {r.Differs, "is here as well, and given out otherwise"}} {
		if left.n > 0 {
			console.Sayf(e.Stdout, "left out: %s whose file %s\n", console.Counted(left.n, "publication"), left.what)
		}
	}
	span := ""
	if !r.First.IsZero() {
		span = fmt.Sprintf(", published from %s to %s", roster.Day(r.First), roster.Day(r.Last))
	}
	console.Sayf(e.Stdout, "%s taken from %s%s; %d taken before, %d here already with the same hash, %d the same as the one before\n", console.Counted(r.New, "publication"), host, span, r.Known, r.Own, r.Unkept)
	if r.Words > 0 {
		console.Sayf(e.Stdout, "%s of what ICE's page said taken\n", console.Counted(r.Words, "version"))
	}
	if n := r.Papers + r.PapersWithheld + r.NoPapers + r.Unlinked + r.Left; n > 0 {
		console.Sayf(e.Stdout, "%s taken; left out: %d that no list links, %d that %s does not give out, %d that are not whole PDFs or are too large, %d not fetched\n",
			console.Counted(r.Papers, "document"), r.Unlinked, r.PapersWithheld, host, r.NoPapers, r.Left)
	}
	if r.Left > 0 {
		console.Sayf(e.Stdout, "%s\n", thenAgain)
		return
	}
	console.Sayf(e.Stdout, "%s\n", thenRebuild)
}
