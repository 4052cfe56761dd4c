package signup

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/search"
)

const (
	mostFound    = 12  // that a search offers
	mostTowns    = 3   // of one name
	longestQuery = 100 // bytes that are read of what is looked for
)

// draft is what somebody has chosen so far, as a form has it.
type draft struct {
	wish  readers.Wish
	query string           // what was looked for
	found []readers.Follow // what that offers
	towns []roster.State   // that have a town called so, where these are many
	wrong []string         // what is wrong with it, in sentences
}

// choice is what a form shows of a draft.
type choice struct {
	Chosen, Found, Kinds, Models []box
	Cadences, Languages          []box
	Query, Action                string // what was looked for, and the address of the form
	Towns                        []box  // which of several towns may be meant
	Missing                      bool   // nothing is called as it was looked for
	Narrowed                     bool   // not all kinds and models are chosen
}

// box is one thing to tick.
type box struct {
	Name, Value, Text, Note, Lang string
	Ticked                        bool
}

// readDraft reads what a form says, or an address that leads to the form with something
// chosen.
func (h *Handler) readDraft(c *call, w World, values url.Values, before readers.Wish) *draft {
	d := &draft{wish: before}
	whole := values.Get("form") != "" // the form itself, and not an address that leads to it
	if whole {
		d.wish.Follows = nil
	}
	for _, text := range chosen(values) {
		f, err := h.follow(w, text)
		_, has := d.wish.Followed(f.String())
		switch {
		case err != nil:
			d.complain(c.say("wrong.unknown"))
		case !has:
			d.wish.Follows = append(d.wish.Follows, f)
		}
	}
	if len(d.wish.Follows) > readers.MostFollows {
		d.wish.Follows = d.wish.Follows[:readers.MostFollows]
		d.complain(c.sayn("wrong.many", readers.MostFollows))
	}
	if whole {
		d.wish.Kinds = ticked(values["kind"], roster.Kinds(), roster.DefaultKinds())
		d.wish.Models = ticked(values["model"], roster.Models(), roster.Models())
	}
	if cadence := notify.Cadence(values.Get("cadence")); slices.Contains(readers.Cadences(), cadence) {
		d.wish.Cadence = cadence
	}
	if l := prose.Language(values.Get("language")); slices.Contains(prose.Languages(), l) {
		d.wish.Language = l
	}
	for _, q := range values["q"] { // the field, and a button that says which of several towns is meant
		d.query = cmp.Or(strings.TrimSpace(prose.Shorten(prose.Clean(q), longestQuery)), d.query)
	}
	if d.query != "" {
		h.look(w, d)
	}
	return d
}

func (d *draft) complain(sentence string) {
	if !slices.Contains(d.wrong, sentence) {
		d.wrong = append(d.wrong, sentence)
	}
}

// ticked are those of all values that were ticked: none where these are the usual ones,
// and an empty list, which is not nil, where nothing was.
func ticked[T ~string](given []string, all, usual []T) []T {
	some := []T{}
	for _, v := range all {
		if slices.Contains(given, string(v)) {
			some = append(some, v)
		}
	}
	if slices.Equal(some, usual) {
		return nil
	}
	return some
}

// chosen are the things to follow that a form or an address names, as ParseFollow reads
// them. Addresses name them as those of pages do, too: county=48201, place=Houston, TX.
func chosen(values url.Values) (all []string) {
	given := func(name string) []string { return values[name][:min(len(values[name]), readers.MostFollows+1)] }
	all = slices.Clone(given("follow"))
	for _, s := range given("state") {
		if state, ok := roster.ParseState(s); ok {
			s = string(state)
		}
		all = append(all, "state:"+s)
	}
	for _, county := range given("county") {
		if strings.Trim(county, "0123456789") != "" { // a name
			if called := place.CountiesCalled(county); len(called) == 1 {
				county = called[0].FIPS
			}
		}
		all = append(all, "county:"+county)
	}
	for _, id := range given("agency") {
		all = append(all, "agency:"+id)
	}
	for _, name := range given("place") {
		if place.IsZIP(name) {
			all = append(all, "zip:"+name)
		} else if towns := place.Find(name, 1); len(towns) > 0 {
			all = append(all, "town:"+string(towns[0].State)+"-"+towns[0].Name)
		} else {
			all = append(all, "town:"+name)
		}
	}
	return all
}

// follow reads one thing to follow.
func (h *Handler) follow(w World, text string) (readers.Follow, error) {
	if id, ok := strings.CutPrefix(text, "agency:"); ok { // which may be that of another spelling
		text = "agency:" + w.Snapshot.ResolveAgency(id)
	}
	f, err := readers.ParseFollow(text, func(id string) string {
		if w.Snapshot.Agency(id) == nil || len(w.Snapshot.RecordsOf(id)) == 0 {
			return ""
		}
		return w.Snapshot.AgencyName(id) + ", " + w.Snapshot.Latest(id).State.Name()
	})
	if err != nil {
		return f, fmt.Errorf("reading what is followed: %w", err)
	}
	return f, nil
}

// look finds what the query of a draft can mean: states and counties that are called so,
// then towns, then agencies and what is near. The only thing that is found is chosen.
func (h *Handler) look(w World, d *draft) {
	var near, agencies []string
	for _, hit := range w.Index.Find(d.query, 3*mostFound) {
		switch {
		case hit.Kind == search.KindAgency:
			agencies = append(agencies, "agency:"+hit.Agency.ID)
		case hit.Kind == search.KindState:
			near = append(near, "state:"+string(hit.State))
		case hit.Exact && len(near) < mostFound/2:
			near = append(near, "county:"+hit.County.FIPS)
		case !hit.Exact:
			agencies = append(agencies, "county:"+hit.County.FIPS)
		}
	}
	var towns []string
	for _, town := range place.Find(d.query, mostTowns) {
		text := "town:" + string(town.State) + "-" + town.Name
		if zip, ok := strings.CutPrefix(town.Name, "ZIP code "); ok {
			text = "zip:" + zip
		}
		towns = append(towns, text)
	}
	for _, text := range slices.Concat(near, towns, agencies) {
		d.offer(h.follow(w, text))
	}
	if in := place.StatesWithTown(d.query); len(towns) == 0 && len(in) > mostTowns {
		d.towns = in
	}
	if len(d.found) == 1 && d.towns == nil && len(d.wish.Follows) < readers.MostFollows {
		d.wish.Follows = append(d.wish.Follows, d.found[0])
	}
	d.found = d.found[:min(len(d.found), mostFound)]
}

func (d *draft) offer(f readers.Follow, err error) {
	if err == nil && !slices.ContainsFunc(d.found, func(o readers.Follow) bool { return o.String() == f.String() }) {
		d.found = append(d.found, f)
	}
}

// check says what keeps a draft from being kept.
func (d *draft) check(c *call) {
	if len(d.wish.Follows) == 0 {
		d.complain(c.say("wrong.follows"))
	}
	if d.wish.Kinds != nil && len(d.wish.Kinds) == 0 {
		d.complain(c.say("wrong.kinds"))
	}
	if d.wish.Models != nil && len(d.wish.Models) == 0 {
		d.complain(c.say("wrong.models"))
	}
}

// mark is the same for all drafts that bring the same mails.
func mark(w readers.Wish) string {
	var all []string
	for _, f := range w.Follows {
		all = append(all, f.String())
	}
	slices.Sort(all)
	sum := sha256.Sum256(fmt.Append(nil, all, w.Kinds, w.Models, w.Cadence))
	return hex.EncodeToString(sum[:8])
}

// choice shows a draft.
func (d *draft) choice(c *call) choice {
	show := choice{Query: d.query, Action: at(c.lang, c.path), Narrowed: d.wish.Kinds != nil || d.wish.Models != nil}
	for _, f := range d.wish.Follows {
		show.Chosen = append(show.Chosen, box{Name: "follow", Value: written(f), Text: c.named(f), Ticked: true})
	}
	for _, f := range d.found {
		if _, has := d.wish.Followed(f.String()); !has {
			show.Found = append(show.Found, box{Name: "follow", Value: written(f), Text: c.named(f)})
		}
	}
	if nation := (readers.Follow{Kind: readers.FollowNation}); len(d.wish.Follows) == 0 {
		show.Found = append(show.Found, box{Name: "follow", Value: nation.String(), Text: c.named(nation)})
	}
	for _, s := range d.towns {
		show.Towns = append(show.Towns, box{Name: "q", Value: d.query + ", " + string(s), Text: c.lang.State(s)})
	}
	show.Missing = d.query != "" && len(d.found) == 0 && d.towns == nil
	for _, k := range roster.Kinds() {
		if k == roster.KindCorrection { // which comes with the kinds of what it corrects
			continue
		}
		on := slices.Contains(d.wish.Filter().Kinds, k)
		show.Kinds = append(show.Kinds, box{Name: "kind", Value: string(k), Text: c.say("kind." + string(k)), Ticked: on && (d.wish.Kinds == nil || len(d.wish.Kinds) > 0)})
	}
	for _, m := range roster.Models() {
		show.Models = append(show.Models, box{Name: "model", Value: string(m), Text: c.lang.ModelCell(m), Ticked: d.wish.Models == nil || slices.Contains(d.wish.Models, m)})
	}
	for _, each := range readers.Cadences() {
		show.Cadences = append(show.Cadences, box{Name: "cadence", Value: string(each), Text: c.say("form." + string(each)), Note: c.say("form." + string(each) + ".is"), Ticked: each == d.wish.Cadence})
	}
	for _, l := range prose.Languages() {
		show.Languages = append(show.Languages, box{Name: "language", Value: string(l), Text: l.Name(), Lang: string(l), Ticked: l == d.wish.Language})
	}
	return show
}

// written is a follow as forms have it, from which its name can be had again: that of a
// town is not what it is found by.
func written(f readers.Follow) string {
	if f.Kind != readers.FollowTown {
		return f.String()
	}
	state, _, _ := strings.Cut(f.Of, "-")
	name, _, _ := strings.Cut(f.Name, ", ")
	return "town:" + state + "-" + name
}

// named is what a follow is called, by itself.
func (c *call) named(f readers.Follow) string { return prose.Capitalize(c.inSentence(f)) }

// inSentence is what a follow is called within a sentence.
func (c *call) inSentence(f readers.Follow) string {
	switch f.Kind {
	case readers.FollowNation:
		return c.say("nation")
	case readers.FollowZIP:
		return c.say("form.town", "place", c.say("zip", "zip", f.Of), "counties", c.counties(f))
	case readers.FollowTown:
		return c.say("form.town", "place", c.lang.FollowedTown(f.Name), "counties", c.counties(f))
	case readers.FollowState:
		return c.lang.FollowedState(roster.State(f.Of))
	case readers.FollowCounty:
		return c.lang.FollowedCounty(f.Of, f.Name)
	case readers.FollowAgency:
	}
	return c.lang.FollowedTown(f.Name) // with its state, too
}

// counties are those of a town or a ZIP code, in a sentence.
func (c *call) counties(f readers.Follow) string {
	var names []string
	for _, code := range f.Counties {
		if county, ok := place.ByFIPS(code); ok {
			names = append(names, c.lang.County(county))
		}
	}
	return c.lang.And(names)
}

// names are what all follows are called.
func (c *call) names(w readers.Wish) (all []link) {
	for _, f := range w.Follows {
		all = append(all, link{Text: c.named(f)})
	}
	return all
}
