package roster

import "time"

// OriginSource is who a past publication was had from.
type OriginSource string

// The sources of past publications, beside ICE's own server.
const (
	SourceInternetArchive OriginSource = "internet_archive" // a capture of the Wayback Machine
	SourceInstance        OriginSource = "instance"         // another watch287g
	SourceOperator        OriginSource = "operator"         // a file that the operator had
)

// Dating is how it is known when something was published. A file's name is never a
// reason: names lie.
type Dating string

// The ways to know it.
const (
	DatedLastModified Dating = "last_modified" // ICE's server said so with the file
	DatedCaptured     Dating = "captured"      // it was there by then, and may have been there before
	DatedStated       Dating = "stated"        // whoever had the file said so
)

// Origin is how a publication came here that this store did not see on ICE's page
// itself: its grade as evidence.
type Origin struct {
	Source  OriginSource `json:"source"`
	URL     string       `json:"url,omitempty"` // where it was had, as the capture's own address; "" for an operator's file
	At      time.Time    `json:"at,omitzero"`   // when it was captured from ICE's server, or seen there by the other instance; zero where not known
	Dated   Dating       `json:"dated"`         // how PublishedAt is known
	Checked bool         `json:"checked"`       // the bytes have the hash that the source states for them
	// PublicOf is the hash of ICE's own file where these bytes are what another instance
	// gives out of it, without personal details; "" where they are the file itself.
	PublicOf string `json:"public_of,omitempty"`
	// Says is all of this in a sentence, where it is given out; it is not stored.
	Says string `json:"says,omitempty"`
}

// Grade orders evidence: the less, the better. What ICE served this store is best (nil),
// then a capture of the Internet Archive, then what another instance gives out, then an
// operator's file. Of one source, bytes whose hash was checked come first, then those that
// ICE's server dated.
func (o *Origin) Grade() int {
	if o == nil {
		return 0
	}
	grade := 4
	switch o.Source {
	case SourceInternetArchive:
	case SourceInstance:
		grade = 8
	case SourceOperator:
		grade = 12
	}
	if !o.Checked {
		grade += 2
	}
	if o.Dated != DatedLastModified {
		grade++
	}
	return grade
}
