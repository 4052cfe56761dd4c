package watching

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// present deals with a look that found a file.
func (m *meaning) present() {
	d, fresh := m.file()
	a := &m.after
	if d.Problem != "" {
		m.look.Problem = d.Problem
		m.absent() // as far as a document is wanted
		return
	}
	before, had := m.lastGood(m.before)
	resaved := had && fresh && m.sameText(before, d)
	if last, ok := m.before.Last(); ok && fresh {
		a.Versions[len(a.Versions)-1].Resaved = resaved && last.SHA256 == before.SHA256
	}
	a.GoneSeen, a.GoneSince, a.Problem = time.Time{}, time.Time{}, ""
	others := m.othersWith(d.SHA256)
	problems := map[Link]roster.DocumentProblem{}
	for _, l := range m.links {
		problems[l] = m.problemOf(l, d, others)
		if m.isNews(l) {
			m.judgeLink(l, d, problems[l], had && before.SHA256 == d.SHA256 || resaved)
		}
	}
	m.keepLinks(func(l Link) roster.DocumentProblem { return problems[l] })
	for i, l := range m.links {
		if p := problems[l]; i == 0 || p == a.Problem {
			a.Problem = p
		} else {
			a.Problem = "" // it is not wrong with all of them
		}
	}
}

// file notes the file that was found, and whether it is another one than the last.
func (m *meaning) file() (d roster.Document, fresh bool) {
	a := &m.after
	last, _ := m.before.Last()
	hash := m.look.Document.SHA256
	if m.look.Answer == Same {
		hash = last.SHA256
	}
	if m.look.Answer == Had { // a server need not repeat with "not modified" what it sent before
		a.Modified, a.ETag = m.look.Modified, m.look.ETag
	} else {
		a.Modified, a.ETag = cmp.Or(m.look.Modified, a.Modified), cmp.Or(m.look.ETag, a.ETag)
	}
	switch fresh = hash != last.SHA256; {
	case fresh:
		a.Versions = append(a.Versions, roster.DocumentVersion{From: m.look.At, SHA256: hash, Size: m.look.Document.Size, Modified: m.look.ModifiedAt})
	case m.look.Answer == Had:
		a.SentAt = m.look.At
	}
	if v := &a.Versions[len(a.Versions)-1]; v.Unseen() {
		v.Found = m.look.At
	}
	d, known := m.known.Documents[hash]
	if m.look.Answer == Had && (!known || d.ReadBy < m.look.Document.ReadBy || d.Unkept && !m.look.Document.Unkept) {
		read := m.look.Document
		read.HadAt = m.look.At
		if known {
			read.HadAt = d.HadAt
		}
		d = read
		m.Documents = append(m.Documents, d)
	}
	if d.SHA256 == "" {
		d.SHA256 = hash
	}
	return d, fresh
}

// sameText says whether two files have the same text and pages. Pictures that nobody read may
// show anything, whatever is stamped on them. Digests by two versions of the rules say nothing,
// and then it is for the texts themselves to tell.
func (m *meaning) sameText(a, b roster.Document) bool {
	if a.TextDigest == "" || b.TextDigest == "" || a.Pages != b.Pages || a.Words == 0 || a.Scanned > a.MachineRead || b.Scanned > b.MachineRead {
		return false
	}
	if a.ReadBy == b.ReadBy {
		return a.TextDigest == b.TextDigest
	}
	added, removed, altered, ok := m.judge.Compare(a.SHA256, b.SHA256)
	return ok && added+removed+altered == 0
}

// judgeLink tells what a file means for one link: whether that is new or not, and whether
// the file's contents are those of the last document that stood there.
func (m *meaning) judgeLink(l Link, d roster.Document, problem roster.DocumentProblem, unchanged bool) {
	n := roster.DocumentNews{SHA256: d.SHA256, Pages: d.Pages, Form: d.Form, MachineRead: d.MachineRead, LastModified: m.look.ModifiedAt}
	isNew, wasAbsent := m.isNew(l), isAbsent(m.before)
	before, had := m.lastGood(m.before)
	if isNew {
		before, had, n.FromURL = m.formerly(l)
	}
	if had {
		n.BeforeSHA256, n.PagesBefore, n.FormBefore, n.MachineReadBefore = before.SHA256, before.Pages, before.Form, before.MachineRead
	}
	same := had && (before.SHA256 == d.SHA256 || m.sameText(before, d))
	switch {
	case !isNew && unchanged && !wasAbsent: // nothing happened
		return
	case problem != "":
		n.Event, n.Problem = roster.DocumentOther, problem
		if problem == roster.ProblemOtherAgency {
			n.OtherAgency = d.Agency
		}
		for _, other := range m.othersWith(d.SHA256) {
			if other.id() != l.id() && !slices.Contains(n.OtherIDs, other.id()) {
				n.OtherIDs = append(n.OtherIDs, other.id())
			}
		}
	case !had:
		n.Event = roster.DocumentLinked
	case isNew && same:
		n.Event = roster.DocumentMoved
	case same && wasAbsent:
		n.Event = roster.DocumentBack
	case same: // as far as is known, it is the document of before
		return
	default:
		n.Event = roster.DocumentReplaced
		n.Added, n.Removed, n.Altered, n.Compared = m.judge.Compare(before.SHA256, d.SHA256)
	}
	m.tell(l, n)
}

// formerly is the last document that stood at the address which an agreement's row linked
// before this one.
func (m *meaning) formerly(l Link) (d roster.Document, had bool, url string) {
	for _, v := range slices.Backward(l.Record.Versions) {
		url, ok := roster.DocumentURL(linked(v.Agreement, l.Part))
		if !ok || url == l.URL {
			continue
		}
		d, had = m.lastGood(m.known.Addresses[url])
		if !had {
			url = ""
		}
		return d, had, url
	}
	return roster.Document{}, false, ""
}

// othersWith are the links, to any address, behind which a file is.
func (m *meaning) othersWith(hash string) []Link {
	links := slices.Clone(m.links)
	for url, a := range m.known.Addresses {
		if last, ok := a.Last(); ok && url != m.look.URL && last.SHA256 == hash && !isAbsent(a) {
			links = append(links, m.all[url]...)
		}
	}
	slices.SortFunc(links, func(a, b Link) int { return strings.Compare(a.id(), b.id()) })
	return links
}

// problemOf is what is wrong with a file as the document of one agreement; "" for nothing.
// An agreement may link it twice, and one whose agency and model the file names has it by
// right, whoever else links it.
func (m *meaning) problemOf(l Link, d roster.Document, others []Link) roster.DocumentProblem {
	row := l.Record.Now()
	whose := m.judge.Whose(d, row)
	if whose == Another {
		return roster.ProblemOtherAgency
	}
	shared := slices.ContainsFunc(others, func(o Link) bool { return o.id() != l.id() && o.Record.List == l.Record.List })
	if !shared || whose == Own && d.Model != "" && d.Model.Key() == row.Model.Key() {
		return ""
	}
	return roster.ProblemSharedByRows
}
