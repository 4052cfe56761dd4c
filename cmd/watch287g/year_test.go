package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// calendar makes up what ICE publishes. Its lists have all that ICE's have: what
// is new, gone, respelled, dated anew and listed twice, old lists that come
// back, links that lie, and a pending list that comes and goes.
type calendar struct {
	random *rand.Rand
	at     time.Time
	issue  int // number of the last file name

	active, waiting []sheettest.Row
	gone            []sheettest.Row // agreements that were removed
	spare           []sheettest.Row // agencies that are on neither list yet
	latest          map[string]fakeice.File
	past            []fakeice.File // participating lists that others have followed
	all             []fakeice.File
}

// yearOf makes up a year of some forty publications, the same for the same seed.
func yearOf(seed uint64) []fakeice.File {
	c := &calendar{random: rand.New(rand.NewPCG(287, seed)), at: time.Date(2025, time.January, 7, 15, 0, 0, 0, time.UTC), latest: map[string]fakeice.File{}}
	all := sheettest.Sample(220)
	c.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	c.active, c.waiting, c.spare = all[:80], all[80:100], all[100:]
	c.publishBoth()
	for range 2 {
		for _, event := range []func(){
			c.grow, c.seek, c.signOneByOne, c.respell, c.date, c.remove, c.comeBack, c.swapLinks, c.grow, c.withdraw,
			c.relist, c.losePending, c.double, c.signTogether, c.link, c.rename,
		} {
			c.at = c.at.Add(time.Duration(24+c.random.IntN(240)) * time.Hour)
			event()
		}
	}
	return c.all
}

func (c *calendar) publish(p fakeice.File) {
	if last, ok := c.latest[p.Link]; ok && p.Link == fakeice.Participating {
		c.past = append(c.past, last)
	}
	c.latest[p.Link] = p
	c.all = append(c.all, p)
}

func (c *calendar) name(list string) string {
	c.issue++
	return fmt.Sprintf("%sAgencies%s-%d.xlsx", list, c.at.Format("01022006"), c.issue)
}

func (c *calendar) publishActive() {
	c.publish(fakeice.File{Link: fakeice.Participating, Name: c.name("participating"), At: c.at, Body: sheettest.Participating(c.active...)})
}

func (c *calendar) publishWaiting() {
	c.publish(fakeice.File{Link: fakeice.Pending, Name: c.name("pending"), At: c.at, Body: sheettest.Pending(undated(c.waiting)...)})
}

func (c *calendar) publishBoth() {
	c.publishActive()
	c.publishWaiting()
}

// undated are the rows of those who have not signed.
func undated(rows []sheettest.Row) []sheettest.Row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Signed, rows[i].MOA, rows[i].Addendum = "", "", ""
	}
	return rows
}

// take takes n rows out of some, from anywhere.
func (c *calendar) take(from *[]sheettest.Row, n int) []sheettest.Row {
	var taken []sheettest.Row
	for range n {
		i := c.random.IntN(len(*from))
		taken = append(taken, (*from)[i])
		*from = slices.Delete(slices.Clone(*from), i, i+1)
	}
	return taken
}

// insert puts rows somewhere among others.
func (c *calendar) insert(into *[]sheettest.Row, rows ...sheettest.Row) {
	*into = slices.Insert(slices.Clone(*into), c.random.IntN(len(*into)+1), rows...)
}

// edit changes one active agreement's row.
func (c *calendar) edit(change func(r *sheettest.Row)) {
	c.active = slices.Clone(c.active)
	change(&c.active[c.random.IntN(len(c.active))])
	c.publishActive()
}

func (c *calendar) grow() {
	c.insert(&c.active, c.take(&c.spare, 1+c.random.IntN(4))...)
	c.publishActive()
}

func (c *calendar) seek() {
	c.insert(&c.waiting, c.take(&c.spare, 1+c.random.IntN(4))...)
	c.publishWaiting()
}

// signTogether moves rows to the other list in one moment.
func (c *calendar) signTogether() {
	c.insert(&c.active, c.take(&c.waiting, 2)...)
	c.publishBoth()
}

// signOneByOne has some leave the pending list before they are on the other one,
// as ICE does.
func (c *calendar) signOneByOne() {
	signed := c.take(&c.waiting, 3)
	c.publishWaiting()
	c.at = c.at.Add(20 * time.Hour)
	c.insert(&c.active, signed...)
	c.publishActive()
}

func (c *calendar) withdraw() {
	c.take(&c.waiting, 1)
	c.publishWaiting()
	c.at = c.at.Add(100 * time.Hour)
	c.grow()
}

func (c *calendar) respell() {
	c.edit(func(r *sheettest.Row) { r.Agency = "The " + r.Agency + "\u00a0" })
	c.at = c.at.Add(time.Hour)
	c.edit(func(r *sheettest.Row) {
		r.Agency = "City of " + r.Agency
		r.MOA = "text:link"
	})
}

func (c *calendar) date() {
	c.edit(func(r *sheettest.Row) { r.Signed = fmt.Sprint(45600 + c.random.IntN(90)) })
}

func (c *calendar) link() {
	c.edit(func(r *sheettest.Row) {
		r.MOA = fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/Replaced%d.pdf", c.issue)
	})
}

func (c *calendar) remove() {
	c.gone = append(c.gone, c.take(&c.active, 2)...)
	c.publishActive()
}

func (c *calendar) relist() {
	c.insert(&c.active, c.take(&c.gone, 1)...)
	c.publishActive()
}

func (c *calendar) double() {
	c.insert(&c.active, c.active[c.random.IntN(len(c.active))])
	c.publishActive()
}

// comeBack has an old list come back, under its old name, until the next one.
func (c *calendar) comeBack() {
	old := c.past[c.random.IntN(len(c.past)-1)]
	old.At = c.at
	latest := c.latest[fakeice.Participating]
	c.publish(old)
	c.past = c.past[:len(c.past)-1]
	c.latest[fakeice.Participating] = latest
	c.at = c.at.Add(2 * time.Hour)
	c.grow()
}

// swapLinks has each list stand behind the other one's link, until the next one.
func (c *calendar) swapLinks() {
	c.insert(&c.active, c.take(&c.spare, 1)...)
	c.publish(fakeice.File{Link: fakeice.Participating, Name: c.name("participating"), At: c.at, Body: sheettest.Pending(undated(c.waiting)...)})
	c.publish(fakeice.File{Link: fakeice.Pending, Name: c.name("pending"), At: c.at, Body: sheettest.Participating(c.active...)})
	c.at = c.at.Add(3 * time.Hour)
	c.past = c.past[:len(c.past)-1]
	c.publishBoth()
	c.past = c.past[:len(c.past)-1]
}

// losePending has the page without the pending list for some days.
func (c *calendar) losePending() {
	c.publish(fakeice.File{Link: fakeice.Pending, At: c.at})
	c.at = c.at.Add(50 * time.Hour)
	c.grow()
	c.at = c.at.Add(50 * time.Hour)
	c.seek()
}

// rename publishes the same bytes under another name.
func (c *calendar) rename() {
	again := c.latest[fakeice.Participating]
	again.Name, again.At = c.name("participating"), c.at
	c.publish(again)
	c.past = c.past[:len(c.past)-1]
}

// archived writes publications to a directory, with an index, and returns the
// index's path.
func archived(t testing.TB, all []fakeice.File) string {
	t.Helper()
	index, err := fakeice.WriteArchive(t.TempDir(), all)
	if err != nil {
		t.Fatal(err)
	}
	return index
}
