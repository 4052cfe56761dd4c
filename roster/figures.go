package roster

// FiguresOf counts what stands now.
func FiguresOf(records map[string]*Record) Figures {
	f := Figures{ByState: map[State]int{}}
	for _, r := range records {
		switch r.Status() {
		case StatusActive:
			f.Active++
			f.ByState[r.Now().State]++
		case StatusPending:
			f.Pending++
		case StatusEnded:
		}
	}
	f.States = len(f.ByState)
	return f
}
