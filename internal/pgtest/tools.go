package pgtest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

var errNone = errors.New("no PostgreSQL is at hand: install the package postgresql, or put its initdb on the PATH")

// tools are PostgreSQL's programs, and whom they run as: they refuse root.
type tools struct {
	bin string
	as  *syscall.Credential // nil for the user of the test
}

// findTools looks where Debian, Red Hat and Homebrew put them, too, as they are on no
// PATH there.
func findTools() (tools, error) {
	var found tools
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil { // postgres is beside it
			found.bin = filepath.Dir(path)
		}
	}
	for _, place := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		dirs, _ := filepath.Glob(filepath.Join(place, "initdb"))
		if len(dirs) > 0 && found.bin == "" {
			slices.SortFunc(dirs, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }) // 9 before 15
			found.bin = filepath.Dir(dirs[len(dirs)-1])
		}
	}
	if found.bin == "" {
		return tools{}, errNone
	}
	if os.Getuid() != 0 {
		return found, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return tools{}, fmt.Errorf("PostgreSQL does not run as root, and there is no account postgres or nobody: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
	found.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return found, errors.Join(err, err2)
}

// own gives a directory to the account that the server runs as.
func (t tools) own(dir string) error {
	if t.as == nil {
		return nil
	}
	return os.Chown(dir, int(t.as.Uid), int(t.as.Gid))
}

// command is one of PostgreSQL's programs. An interrupt at the terminal does not reach
// it, so that it ends when its keeper says so.
func (t tools) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(t.bin, name), args...) //nolint:noctx // ended by a signal, or by its keeper
	c.Dir = "/"
	c.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")} // PGDATA and the like would mislead it
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: t.as}
	return c
}

// keeper is a process that outlives the test, even one that panics or is killed: when
// its input ends, it stops the server and removes the directory.
type keeper struct {
	cmd   *exec.Cmd
	alive io.Closer
}

// A server that was killed leaves the file with its number behind, which can be another
// process's by now; one that ends in order removes it. The process itself can stay
// listed for as long as nobody asks how it ended.
const keeping = `cat >/dev/null
file=$1/data/postmaster.pid n=0
pid=$(head -n 1 "$file" 2>/dev/null)
[ -e "$1/killed" ] || [ -z "$pid" ] || kill -QUIT "$pid"
while [ -e "$file" ] && [ ! -e "$1/killed" ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n+1)); done
for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" && break; sleep 0.1; done`

func keep(dir string) (*keeper, error) {
	k := &keeper{cmd: exec.Command("sh", "-c", keeping, "sh", dir)} //nolint:noctx // must outlive the test
	k.cmd.Dir = "/"
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := k.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	k.alive = in
	return k, k.cmd.Start()
}

// end stops the server, removes everything, and waits for it.
func (k *keeper) end() {
	_ = k.alive.Close()
	_ = k.cmd.Wait()
}
