package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// entry is an accepted publication of a list with these bytes.
func entry(seq uint64, list roster.List, body string, effective time.Time) store.NewPublication {
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	return store.NewPublication{
		Publication: roster.Publication{
			Seq: seq, List: list, File: fmt.Sprintf("list%d.xlsx", seq), SHA256: hash, Size: len(body),
			PublishedAt: effective, SeenAt: effective, Verdict: roster.VerdictAccepted, EffectiveAt: effective,
		},
		Body:   []byte(body),
		Roster: roster.Roster{List: list, Rows: []roster.Row{{Number: 2, State: "TX", Agency: "Agency of " + hash[:8], Model: roster.TFM}}},
	}
}

// agency is one with a spelling of its own.
func agency(id string) roster.Agency {
	return roster.Agency{ID: id, Spellings: []roster.Spelling{{State: "TX", Name: "Agency " + id}}}
}

// agreement is what a list says of one.
func agreement(id string) roster.Agreement {
	return roster.Agreement{ID: id, AgencyID: "agency-" + id, State: "TX", Agency: "Agency " + id, Model: roster.TFM, Signed: "2025-06-01"}
}

// record is an agreement that was listed at one moment, then not at the next,
// and so on.
func record(id string, moments ...time.Time) roster.Record {
	r := roster.Record{List: roster.ListParticipating}
	for i, from := range moments {
		r.Versions = append(r.Versions, roster.Version{
			From: from, Source: uint64(i + 1), Row: i + 2, Listed: i%2 == 0, Agreement: agreement(id),
		})
	}
	return r
}

// change is one of a kind to an agreement, detected as many hours into the
// history as its number.
func change(seq uint64, kind roster.Kind, id string) roster.Change {
	return roster.Change{
		ID: fmt.Sprintf("chg_%04d", seq), Seq: seq, Kind: kind, DetectedAt: at(int(seq)), Agreement: agreement(id),
		Certainty: roster.Certain, Text: fmt.Sprintf("Change %d of %s", seq, id), Texts: map[string]string{"es": fmt.Sprintf("Cambio %d de %s", seq, id)},
	}
}

// hold is one that is open.
func hold(id string, since time.Time) roster.Hold {
	return roster.Hold{ID: id, State: roster.HoldOpen, List: roster.ListParticipating, Since: since, Reasons: []string{"12 of 100 would go"}}
}

// document is what a file with a content says.
func document(content string) roster.Document {
	sum := sha256.Sum256([]byte(content))
	return roster.Document{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), HadAt: at(0), ReadBy: 1, Form: "tfm-2025-03-07", Found: map[string]int{"revised": 1}}
}

// documentAddress is one at which files with these contents stood, one after the other.
func documentAddress(name string, contents ...string) roster.DocumentAddress {
	a := roster.DocumentAddress{URL: "https://ice.example/doclib/" + name + ".pdf", FirstLinked: at(0)}
	for i, c := range contents {
		d := document(c)
		a.Versions = append(a.Versions, roster.DocumentVersion{From: at(i), SHA256: d.SHA256, Size: d.Size})
	}
	return a
}

// waits is a delivery of changes, or of a notice where there are none, that
// waits to be sent.
func waits(id, channel string, changes ...uint64) roster.Delivery {
	d := roster.Delivery{
		ID: id, Channel: channel, Changes: changes, CreatedAt: at(0), DueAt: at(1), State: roster.DeliveryWaiting,
		Figures: roster.Figures{Active: 100, States: 2, ByState: map[roster.State]int{"TX": 60, "FL": 40}},
	}
	if len(changes) == 0 {
		d.Notice = &roster.Notice{Kind: "held", At: at(0), Text: "A list was set aside."}
	}
	return d
}

// sent is a delivery after it got through at the next try.
func sent(d roster.Delivery) roster.Delivery {
	d.State, d.Attempts, d.TriedAt, d.EndedAt = roster.DeliverySent, d.Attempts+1, at(2), at(2)
	d.Receipts = []roster.Receipt{{Part: "all", Answer: "answer to " + d.ID}}
	return d
}

// dead is a delivery that was given up at the next try.
func dead(d roster.Delivery) roster.Delivery {
	d.State, d.Attempts, d.TriedAt, d.EndedAt = roster.DeliveryDead, d.Attempts+1, at(2), at(74)
	d.LastError = "gone"
	return d
}

// filler gives every field of a value something of its own, so that no field
// can be lost on the way to a store and back, not even one that is added later.
type filler struct{ n int }

// filled returns a T without an empty field.
func filled[T any](f *filler) T {
	var v T
	f.fill(reflect.ValueOf(&v).Elem())
	return v
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	if v.Type() == reflect.TypeFor[time.Time]() {
		zone := time.FixedZone("somewhere", 3600*(f.n%12))
		v.Set(reflect.ValueOf(time.Date(2025, time.June, 1, 12, 0, f.n, 987654321, zone)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d: <Añasco & \"Lowndes\" Sheriff's> \u2028 ☂", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint64:
		v.SetUint(1<<60 + uint64(f.n)) // more than a float64 tells apart
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(k)
		f.fill(e)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(k, e)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		panic(fmt.Sprintf("the filler does not know %s", v.Type()))
	}
}
