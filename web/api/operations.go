package api

// description says what holds for all operations.
const description = `ICE's lists of 287(g) agreements and every change to them, with the evidence for each. Free for all (CC0 1.0), without a key, also for scripts of other sites.

**Null and left out.** What is not known, or not named by ICE, is null; a member that has nothing to say may be left out, as its description says. No text is "". There may be more members one day: ignore those that you do not know.

**Pages.** Lists are cut in pages. The member next of an answer, given as cursor, asks for what follows; a Link header has the whole address.

**Time.** A day means a day in Washington; as_of takes its end. Nothing is answered as of a moment later than known_until, the last at which ICE's page was known.

**Not changed.** Each answer has an ETag, and may be used for 30 seconds (Cache-Control). Send the ETag as If-None-Match: what has not changed is answered with status 304 and no body.

**Limits.** There is no key and no quota. Ask no more than once a minute for news. Where too many ask at once, the answer is status 503 with Retry-After in seconds.

**Errors.** All have one shape, that of RFC 9457 (application/problem+json): status, title and detail. 400 is a parameter that is not known or makes no sense, 404 what is not there, 405 anything but GET, HEAD and OPTIONS, 414 an address of more than 2,000 bytes.`

// operation is what the document says of an address besides its declaration.
type operation struct {
	says string // what it answers, in sentences
	id   string // an id that it takes
}

// operations are those of the API, by path.
var operations = map[string]operation{
	root + "/changes":               {says: "The log of changes: each thing that happened to an agreement or a pending entry between two of ICE's lists. A change is never edited or deleted. To follow the log, ask with order=oldest and go on from next."},
	root + "/changes/{id}":          {says: "One change, as messages and webhooks have it.", id: exampleChange},
	root + "/agreements":            {says: "Agreements and pending entries as of any moment since the record begins. An agency can have an agreement in each model."},
	root + "/agreements/{id}":       {says: "One agreement or pending entry: as it is now, and all that the lists ever said of it.", id: exampleDeal},
	root + "/agencies":              {says: "Agencies that ever had an agreement or a pending entry, by id, each with all its spellings and its counts now."},
	root + "/agencies/{id}":         {says: "One agency with its agreements, entries and changes. The id of any of its spellings finds it.", id: exampleID},
	root + "/states":                {says: "How many agreements and entries each state has, now or as of any moment. States with none are in it, too."},
	root + "/stats":                 {says: "The figures that people quote, now or as of any moment, and the lists that they are read from."},
	statusPath:                      {says: "Until when this record is known, how new each list is, and whether ICE's page is being read. Look at stale before you report that nothing has changed."},
	root + "/coverage":              {says: "In how many counties the sheriff or another county agency has an active agreement, and how many people live there, for the nation and each state, now or as of any moment, and by day. A county is counted once, whatever it has, so that counts by model and by whose agency it is overlap: never add them up."},
	root + "/documents":             {says: "The documents that ICE's lists link or linked, with what is certain of what each says. A document is known by its bytes: one that ICE replaced is another."},
	root + "/documents/conflicts":   {says: "Documents that name another agency, model or date than the row that links them, and links that lead to no document. Either can be ICE's slip or a scanner's."},
	foundPath:                       {says: "Passages of about a sentence in the texts of documents, by the words on their page. Words that documents of one form have in common are gathered. Scanners misread: what is spelled nearly so comes last, and says so."},
	root + "/documents/{sha256}":    {says: "One document with its text by page, without phone numbers and mail addresses, and where it departs from its form."},
	root + "/forms":                 {says: "The forms that documents follow, by model and revision, as the documents themselves show them."},
	root + "/forms/{id}":            {says: "One form: what most of its documents share, and what is otherwise than in the revision before.", id: exampleForm},
	root + "/publications":          {says: "Every list as ICE published it, with what was unusual about it. Newest first."},
	root + "/ice-page":              {says: "The words of ICE's page on the program whenever they changed: as this service read it, and before that as others captured it, where that was imported."},
	root + "/publications/{sha256}": {says: "One file: each time that ICE published these bytes, and why the list was held where it was."},
}
