package bolt

import (
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/store"
)

// bucket names a part of the file: an ordered set of keys and values.
type bucket string

const (
	meta              bucket = "meta"                // the version of the schema, and state
	publications      bucket = "publications"        // by number
	publicationsBySHA bucket = "publications_by_sha" // hash and number, without values
	bodies            bucket = "bodies"              // by hash, as they are
	rosters           bucket = "rosters"             // by the publication's number, compressed
	agencies          bucket = "agencies"            // by id
	records           bucket = "records"             // by id
	changes           bucket = "changes"             // by number
	changesByID       bucket = "changes_by_id"       // the number of each
	holds             bucket = "holds"               // by id
	polls             bucket = "polls"               // by number
	validators        bucket = "validators"          // by URL

	// Since version 2.
	deliveries     bucket = "deliveries"       // by number
	deliveriesByID bucket = "deliveries_by_id" // the number of each
	waiting        bucket = "waiting"          // channel and number of those that wait, without values
	delivered      bucket = "delivered"        // channel and number of a change: the number of the first delivery
	incidents      bucket = "incidents"        // by key

	// Since version 3.
	secrets   bucket = "secrets"   // by name
	decisions bucket = "decisions" // by hold

	// Since version 4.
	addresses bucket = "addresses"  // of documents, by URL
	documents bucket = "documents"  // by hash
	pageTexts bucket = "page_texts" // by id
)

// buckets lists those of the latest version.
func buckets() []bucket {
	return slices.Concat(firstBuckets(), outboxBuckets(), operatorBuckets(), documentBuckets())
}

// firstBuckets lists those of version 1.
func firstBuckets() []bucket {
	return []bucket{meta, publications, publicationsBySHA, bodies, rosters, agencies, records,
		changes, changesByID, holds, polls, validators}
}

// outboxBuckets lists those that version 2 added.
func outboxBuckets() []bucket {
	return []bucket{deliveries, deliveriesByID, waiting, delivered, incidents}
}

// operatorBuckets lists those that version 3 added.
func operatorBuckets() []bucket { return []bucket{secrets, decisions} }

// documentBuckets lists those that version 4 added.
func documentBuckets() []bucket { return []bucket{addresses, documents, pageTexts} }

// of returns the bucket in a transaction. An opened store has every bucket.
func (b bucket) of(tx *bbolt.Tx) *bbolt.Bucket { return tx.Bucket([]byte(b)) }

// The keys in meta.
const (
	versionKey = "version"
	stateKey   = "state"
)

// step migrates the file from one version of the schema to the next.
type step func(tx *bbolt.Tx) error

// steps lists all migrations: steps()[n] leads from version n to version n+1, and
// version 0 is an empty file. A released step never changes again.
func steps() []step {
	return []step{createStore, createOutbox, createOperator, createDocuments}
}

func createStore(tx *bbolt.Tx) error {
	if err := create(tx, firstBuckets()); err != nil {
		return err
	}
	return put(meta.of(tx), []byte(stateKey), state{})
}

func createOutbox(tx *bbolt.Tx) error { return create(tx, outboxBuckets()) }

func createOperator(tx *bbolt.Tx) error { return create(tx, operatorBuckets()) }

func createDocuments(tx *bbolt.Tx) error { return create(tx, documentBuckets()) }

func create(tx *bbolt.Tx, parts []bucket) error {
	for _, b := range parts {
		if _, err := tx.CreateBucketIfNotExists([]byte(b)); err != nil {
			return fmt.Errorf("making the part %q: %w", b, err)
		}
	}
	return nil
}

// migrate runs the steps that the file lacks. Each is committed together with the
// version that it leads to, so a step that fails can be run again.
func migrate(db *bbolt.DB, steps []step) error {
	var version int
	err := db.View(func(tx *bbolt.Tx) (err error) {
		version, err = versionOf(tx)
		return err
	})
	if err != nil {
		return err
	}
	if version > len(steps) {
		return store.Newer(int64(version), int64(len(steps)))
	}
	for ; version < len(steps); version++ {
		err := db.Update(func(tx *bbolt.Tx) error {
			if err := steps[version](tx); err != nil {
				return err
			}
			return put(meta.of(tx), []byte(versionKey), version+1)
		})
		if err != nil {
			return fmt.Errorf("bringing it from schema %d to %d: %w", version, version+1, err)
		}
	}
	return nil
}

// versionOf returns the version of the schema, 0 for an empty file.
func versionOf(tx *bbolt.Tx) (int, error) {
	m := meta.of(tx)
	if m == nil {
		if first, _ := tx.Cursor().First(); first != nil {
			return 0, store.Damaged("it was made by another program")
		}
		return 0, nil
	}
	version, err := get[int](m, []byte(versionKey))
	if errors.Is(err, store.ErrNotFound) {
		return 0, store.Damaged("its version is missing")
	}
	return version, err
}
