package child

import (
	"context"
	"errors"
	"os"
	"time"
)

// Command is the hidden command that document/pdf starts.
type Command struct {
	Memory    int64         `help:"Bytes that it may hold." default:"1073741824" placeholder:"BYTES"`
	Busy      time.Duration `help:"How long it may use the processor." default:"20s" placeholder:"TIME"`
	Cache     string        `help:"Directory for PDFium in machine code." placeholder:"DIR"`
	Tesseract string        `help:"Program that reads pages without text." placeholder:"FILE"`
	Pages     []int         `help:"Pages that it reads by that program." placeholder:"N"`
}

// Run reads the file on the input. It limits the whole process, which ends with it, and so
// runs in no service that is asked to.
func (c Command) Run(ctx context.Context) error {
	if len(os.Args) < 2 || os.Args[1] != "read-document" {
		return errors.New("read-document limits the whole process, and so runs only in one of its own")
	}
	return Run(ctx, Options(c), os.Stdin, os.Stdout)
}
