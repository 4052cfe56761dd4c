package roster

// FiguresOf counts what stands now.
func FiguresOf(records map[string]*Record) Figures {
	f := Figures{ByState: map[State]int{}}
	for _, r := range records {
		switch r.Status() {
		case Active:
			f.Active++
			f.ByState[r.Now().State]++
		case Waiting:
			f.Pending++
		case Ended:
		}
	}
	f.States = len(f.ByState)
	return f
}
