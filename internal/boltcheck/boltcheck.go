// Package boltcheck makes sure that a bbolt file is whole before bbolt follows it.
//
// bbolt believes every number in its file: a flipped bit or a missing tail can
// send it beyond the end of memory, and pages that form a circle exhaust the
// stack, which ends the process whatever it recovers from. So the tree of pages
// is walked once, with ordinary reads. That costs little, as the long values,
// which are nearly all of the file, are passed over.
package boltcheck

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math"
)

// The form of the file: pages 0 and 1 hold one meta each, of which the valid one
// with the higher transaction counts. It names the root of the tree and the
// list of free pages. A page is a header, one element for each key, and the
// keys and values one after the other. A value can be a bucket: the page of its
// root, or a page of its own inside the value.
const (
	headerSize  = 16 // of a page, and of a bucket
	elementSize = 16

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketValue  = 0x01

	noFreelist = math.MaxUint64
)

// Check walks all pages of a file of so many bytes, which nobody may be writing.
// The error says what is wrong with the file.
func Check(file io.ReaderAt, size, pageSize int64) error {
	m, err := lastMeta(file, pageSize)
	if err != nil {
		return err
	}
	if m.used > uint64(size/pageSize) {
		return fmt.Errorf("it has %d bytes and should have %d pages of %d", size, m.used, pageSize)
	}
	t := tree{file: file, pageSize: pageSize, seen: make([]bool, m.used)}
	root, err := t.page(m.root)
	if err != nil {
		return err
	}
	if root.count > 0 || m.txid > 1 { // a new file is empty, until the first step
		if err := t.walk(root, nil, nil); err != nil {
			return err
		}
	}
	return t.freelist(m.freelist)
}

// fileMeta is what a meta page says.
type fileMeta struct {
	root     uint64
	freelist uint64
	used     uint64 // pages, from the beginning of the file
	txid     uint64
}

// lastMeta chooses the meta page that bbolt chooses.
func lastMeta(file io.ReaderAt, pageSize int64) (last fileMeta, err error) {
	found := false
	for at := headerSize; at <= headerSize+int(pageSize); at += int(pageSize) {
		var raw [64]byte
		if _, err := file.ReadAt(raw[:], int64(at)); err != nil {
			return last, fmt.Errorf("its first pages cannot be read: %w", err)
		}
		sum := fnv.New64a()
		_, _ = sum.Write(raw[:56]) // a hash never fails
		if sum.Sum64() != binary.NativeEndian.Uint64(raw[56:]) {
			continue
		}
		m := fileMeta{
			root:     binary.NativeEndian.Uint64(raw[16:]),
			freelist: binary.NativeEndian.Uint64(raw[32:]),
			used:     binary.NativeEndian.Uint64(raw[40:]),
			txid:     binary.NativeEndian.Uint64(raw[48:]),
		}
		if !found || m.txid > last.txid {
			last, found = m, true
		}
	}
	if !found {
		return last, fmt.Errorf("neither of its first pages is valid")
	}
	return last, nil
}

// tree is the state of a walk.
type tree struct {
	file     io.ReaderAt
	pageSize int64
	seen     []bool // the pages that were met, by number
}

// page is a page with its overflow, or one inside a bucket's value.
type page struct {
	file  io.ReaderAt
	name  string
	at    int64 // where it begins in the file
	size  int64
	head  []byte // as much of it as was read already
	full  bool   // whether it must end where its last value ends
	flags uint16
	count int
}

// parse reads the header of a page.
func (p *page) parse() {
	p.flags = binary.NativeEndian.Uint16(p.head[8:])
	p.count = int(binary.NativeEndian.Uint16(p.head[10:]))
}

// bytes reads a part of the page.
func (p *page) bytes(at, n int64) ([]byte, error) {
	switch {
	case at < 0 || at+n > p.size:
		return nil, fmt.Errorf("%s names bytes outside of itself", p.name)
	case at+n <= int64(len(p.head)):
		return p.head[at : at+n], nil
	}
	part := make([]byte, n)
	if _, err := p.file.ReadAt(part, p.at+at); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", p.name, err)
	}
	return part, nil
}

// page reads a page that was not met before.
func (t *tree) page(id uint64) (*page, error) {
	used := uint64(len(t.seen))
	if id < 2 || id >= used {
		return nil, fmt.Errorf("a page %d is named, and there are %d", id, used)
	}
	p := &page{file: t.file, name: fmt.Sprintf("page %d", id), at: int64(id) * t.pageSize, head: make([]byte, t.pageSize)}
	if _, err := t.file.ReadAt(p.head, p.at); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", p.name, err)
	}
	overflow := uint64(binary.NativeEndian.Uint32(p.head[12:]))
	if binary.NativeEndian.Uint64(p.head) != id || id+overflow >= used {
		return nil, fmt.Errorf("%s holds something else", p.name)
	}
	for i := id; i <= id+overflow; i++ {
		if t.seen[i] {
			return nil, fmt.Errorf("page %d is used twice", i)
		}
		t.seen[i] = true
	}
	p.size = int64(overflow+1) * t.pageSize
	p.parse()
	return p, nil
}

// element is one entry of a page.
type element struct {
	key    []byte
	child  uint64 // of a branch: the page with the keys from this one on
	bucket bool   // of a leaf: the value is a bucket
	at     int64  // of a leaf: where the value is in the page
	size   int64  // of a leaf: how long the value is
}

// elements reads the entries of a page. Keys and values must follow one another
// without gaps, as bbolt writes them, and keys must ascend from low to before
// high.
func (p *page) elements(low, high []byte) ([]element, error) {
	raw, err := p.bytes(headerSize, int64(p.count)*elementSize)
	if err != nil {
		return nil, err
	}
	found := make([]element, 0, p.count)
	data := int64(headerSize + len(raw))
	for at := int64(headerSize); len(raw) > 0; at, raw = at+elementSize, raw[elementSize:] {
		word := func(i int) int64 { return int64(binary.NativeEndian.Uint32(raw[4*i:])) }
		var e element
		pos, keySize := word(0), word(1)
		if p.flags == leafPage {
			pos, keySize, e.size = word(1), word(2), word(3)
			e.bucket, e.at = word(0) == bucketValue, data+keySize
		} else {
			e.child = binary.NativeEndian.Uint64(raw[8:])
		}
		if at+pos != data || keySize == 0 || data+keySize+e.size > p.size {
			return nil, fmt.Errorf("%s is in disorder", p.name)
		}
		if e.key, err = p.bytes(data, keySize); err != nil {
			return nil, err
		}
		data += keySize + e.size
		tooLow := bytes.Compare(e.key, low) < 0
		if len(found) > 0 {
			tooLow = bytes.Compare(e.key, found[len(found)-1].key) <= 0
		}
		if tooLow || high != nil && bytes.Compare(e.key, high) >= 0 {
			return nil, fmt.Errorf("the keys of %s are in disorder", p.name)
		}
		found = append(found, e)
	}
	if p.full && data != p.size {
		return nil, fmt.Errorf("%s is in disorder", p.name)
	}
	return found, nil
}

// walk follows all that a page leads to. bbolt leaves no page empty.
func (t *tree) walk(p *page, low, high []byte) error {
	if p.flags != leafPage && p.flags != branchPage || p.count == 0 {
		return fmt.Errorf("%s is of the wrong kind", p.name)
	}
	elements, err := p.elements(low, high)
	if err != nil {
		return err
	}
	for i, e := range elements {
		switch {
		case p.flags == branchPage:
			before := high
			if i+1 < len(elements) {
				before = elements[i+1].key
			}
			var child *page
			if child, err = t.page(e.child); err == nil {
				err = t.walk(child, e.key, before)
			}
		case e.bucket:
			err = t.bucket(p, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bucket walks the bucket in a value.
func (t *tree) bucket(p *page, e element) error {
	if e.size < headerSize {
		return fmt.Errorf("the part %q is too short", e.key)
	}
	header, err := p.bytes(e.at, headerSize)
	if err != nil {
		return err
	}
	if id := binary.NativeEndian.Uint64(header); id != 0 {
		root, err := t.page(id)
		if err != nil {
			return err
		}
		return t.walk(root, nil, nil)
	}
	inside := &page{file: p.file, name: fmt.Sprintf("the part %q", e.key), at: p.at + e.at + headerSize, size: e.size - headerSize, full: true}
	if inside.size < headerSize {
		return fmt.Errorf("the part %q is too short", e.key)
	}
	if inside.head, err = p.bytes(e.at+headerSize, inside.size); err != nil {
		return err
	}
	inside.parse()
	if inside.count == 0 && inside.size == headerSize {
		return nil
	}
	return t.walk(inside, nil, nil)
}

// freelist makes sure that no page is both free and in use: the next step
// would write over it.
func (t *tree) freelist(id uint64) error {
	if id == noFreelist { // bbolt can be told to keep none
		return nil
	}
	p, err := t.page(id)
	if err != nil {
		return err
	}
	if p.flags != freelistPage {
		return fmt.Errorf("%s is of the wrong kind", p.name)
	}
	at, count := int64(headerSize), uint64(p.count)
	if count == math.MaxUint16 { // too many for the header; the first entry is their number
		long, err := p.bytes(at, 8)
		if err != nil {
			return err
		}
		at, count = at+8, binary.NativeEndian.Uint64(long)
	}
	if count > uint64(len(t.seen)) {
		return fmt.Errorf("%s names %d free pages of %d", p.name, count, len(t.seen))
	}
	ids, err := p.bytes(at, int64(count)*8)
	if err != nil {
		return err
	}
	for ; len(ids) > 0; ids = ids[8:] {
		free := binary.NativeEndian.Uint64(ids)
		if free < 2 || free >= uint64(len(t.seen)) || t.seen[free] {
			return fmt.Errorf("page %d is called free and is not", free)
		}
		t.seen[free] = true
	}
	return nil
}
