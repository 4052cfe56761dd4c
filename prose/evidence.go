package prose

// SaveFile is what saves a file of ICE's; public, where that is without personal details.
func (l Language) SaveFile(public bool) string {
	if public {
		return l.plain("file.save.public")
	}
	return l.plain("file.save")
}

// FilePublic says how a file that is given out differs from ICE's.
func (l Language) FilePublic() string { return l.plain("file.public") }

// FileWithheldTitle says in a few words that a file is not given out.
func (l Language) FileWithheldTitle() string { return l.plain("file.withheld.title") }

// FileWithheld says that a file is not given out, and why: what is wrong with it.
func (l Language) FileWithheld(why string) string {
	return l.say("file.withheld", parts{"why": Printed(why)})
}
