package operator

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

//go:embed style.css
var style string

//go:embed page.html
var page string

const english = prose.English

// parsePage parses the page, with its stylesheet in it.
func parsePage() (*template.Template, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"utc": utc}).Parse(strings.Replace(page, "{{style}}", style, 1))
	if err != nil {
		return nil, fmt.Errorf("parsing the page of a hold: %w", err)
	}
	return t, nil
}

// hashOf is what a policy for content calls an inline stylesheet.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// utc writes a moment as logs have it, to the second: something ends then.
func utc(t time.Time) string { return t.UTC().Format("January 2, 2006, 15:04:05 UTC") }

// view is what a page shows.
type view struct {
	Title string
	Lead  []string // how it stands
	Alert string   // what is to be known first

	Hold     *fact
	Affected []string
	More     string // how many more there are

	CanApprove    bool      // it shows what approving would send
	Channels      []Channel // to whom; empty where none is configured
	PreviewFailed bool

	Forms []form
	Back  string // the address of the page; "" where this is it
}

// fact is what is said of a hold.
type fact struct {
	ID, List, File, Published, Since string
	Reasons                          []string
	Would                            string
	Evidence                         string // address
}

// form is one button.
type form struct {
	Do, Once, Label string
	Sure, Main      bool
}

// plainView is a page with nothing but sentences.
func plainView(title string, lead ...string) view { return view{Title: title, Lead: lead} }

func forgedView() view {
	return plainView("This link opens nothing.", "It is cut off, or was made elsewhere. The message about the held list has the whole link.")
}

func expiredView(hold string) view {
	return plainView("This link has expired.", "It may have been decided since: \"watch287g holds\" says how it stands with "+hold+". As long as that is held, watch287g holds approve "+hold+" has it count, and watch287g holds reject "+hold+" sets it aside for good.")
}

// view says how it stands with a hold, and offers what can be done.
func (h *Handler) view(s standing, link string) view {
	v := view{Title: "A list is held", Hold: factOf(s.hold)}
	if e := s.hold.Effect; e != nil {
		for _, a := range e.First {
			v.Affected = append(v.Affected, english.Kind(a.Kind)+": "+english.Affected(a))
		}
		v.More = english.AffectedMore(*e)
	}
	d := s.decision
	v.Lead = []string{"Nothing that it says counts as long as it is held."}
	switch {
	case !s.hold.Open():
		v.Title = "This list is no longer held"
		v.Lead = []string{english.HoldEnded(s.hold)}
		return v
	case d.State == roster.DecisionScheduled && h.o.Now().Before(d.DueAt):
		v.Title = decidedTitle(d)
		v.Lead = []string{fmt.Sprintf("%s by link on %s. It is carried out on %s; until then it can be undone here, and nothing is sent.", verdictWord(d), utc(d.At), utc(d.DueAt))}
		v.Forms = []form{h.form(s, link, undo, "Undo", false)}
		return v
	case d.Open():
		v.Title = decidedTitle(d)
		v.Lead = []string{fmt.Sprintf("%s by link on %s. It is being carried out now, and can no longer be undone. Load this page again to see what came of it.", verdictWord(d), utc(d.At))}
		return v
	case d.State == roster.DecisionUndone:
		v.Lead = []string{fmt.Sprintf("%s by link on %s, and that was undone on %s. Nothing was sent.", verdictWord(d), utc(d.At), utc(d.EndedAt))}
	case d.State == roster.DecisionFailed:
		v.Alert = fmt.Sprintf("%s by link on %s, which could not be carried out: %s", verdictWord(d), utc(d.At), d.Why)
	}
	v.CanApprove = !s.hold.NoColumns
	if v.CanApprove {
		v.Forms = append(v.Forms, h.form(s, link, approve, "Approve…", false))
	}
	v.Forms = append(v.Forms, h.form(s, link, reject, "Reject…", false))
	return v
}

func decidedTitle(d roster.Decision) string {
	if d.Verdict == roster.HoldApproved {
		return "This list is approved"
	}
	return "This list is rejected"
}

func verdictWord(d roster.Decision) string {
	if d.Verdict == roster.HoldApproved {
		return "Approved"
	}
	return "Rejected"
}

// confirmView says what a decision would do, and asks whether it is meant.
func (h *Handler) confirmView(s standing, link string, next roster.Decision) view {
	v := view{Title: "Reject this list for good?", Hold: factOf(s.hold), Back: Prefix + link}
	do, label := reject, "Yes, reject it"
	v.Lead = []string{"It never counts, and nothing of it is sent. If ICE serves the same file again, it is passed over."}
	if next.Verdict == roster.HoldApproved {
		do, label = approve, "Yes, approve it"
		v.Title = "Approve this list?"
		v.CanApprove = true
		v.Lead = []string{"It counts from then on, and channels are sent what it changes."}
	}
	if wait := next.DueAt.Sub(next.At); wait > 0 {
		v.Lead = append(v.Lead, fmt.Sprintf("This is carried out %s after you confirm it; until then you can undo it.", english.Lasting(wait)))
	} else {
		v.Lead = append(v.Lead, "This is carried out at once, and cannot be undone.")
	}
	v.Forms = []form{h.form(s, link, do, label, true)}
	return v
}

// meanwhile says that what was asked for is no longer to be done.
func (h *Handler) meanwhile(s standing, link string) view {
	v := h.view(s, link)
	v.Alert = "Nothing was done, since this form is out of date: it was used already, somebody else decided meanwhile, or ICE has published another list. This is how it stands now."
	v.Forms, v.CanApprove, v.Back = nil, false, Prefix+link
	return v
}

// form is a button for what can be done as it stands.
func (h *Handler) form(s standing, link, do, label string, sure bool) form {
	return form{Do: do, Once: h.o.Signer.mac("form", link, do, s.version()), Label: label, Sure: sure, Main: do != undo}
}

func factOf(h roster.Hold) *fact {
	f := &fact{ID: h.ID, List: string(h.List), File: prose.Printed(h.File), Published: english.Moment(h.PublishedAt), Since: english.Moment(h.Since), Reasons: h.Reasons}
	switch {
	case h.NoColumns:
		f.Would = english.NotApprovable()
	case h.Effect == nil:
		f.Would = "What it would change could not be worked out when it was set aside."
	default:
		f.Would = "When it was set aside, it would have changed: " + english.Effect(*h.Effect) + "."
	}
	if h.SHA256 != "" {
		f.Evidence = "/publications/" + h.SHA256
		if h.List == roster.ListPending {
			f.Evidence += "?list=pending"
		}
	}
	return f
}
