package fakeice

import (
	"fmt"
	"net/http"
	"slices"
)

// Fault is something wrong with the site's answers. The names are those of what
// ICE's site, or others like it, have done; Faults lists them.
type Fault struct {
	Name string
	On   string // OnPage or OnList, to which it is confined; "" for both
}

// What a fault can be confined to.
const (
	OnPage = "page"
	OnList = "list"
)

// opaquePath is where the fault "opaque" has the page's links lead.
const opaquePath = "/file-download/download/public/"

// Faults returns the names of all faults.
func Faults() []string { return slices.Concat(PageFaults(), ListFaults(), answerFaults()) }

// PageFaults returns the names of those that spoil what the page says.
func PageFaults() []string { return []string{"swap", "opaque", "nolinks", "nopending"} }

// ListFaults returns the names of those that spoil what a list holds, and so only
// answers that have one.
func ListFaults() []string { return []string{"truncate", "garbage"} }

// answerFaults are those that spoil any answer as such.
func answerFaults() []string {
	return []string{"block", "403", "404", "429", "503", "empty", "reset", "hang"}
}

// Spoil spoils the next n answers that the fault can spoil; all of them where n
// is below 0. It ends the fault that there was.
func (s *Site) Spoil(f Fault, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.left, s.struck = f, n, nil
}

// Mend ends the fault, and returns the answers that it spoiled.
func (s *Site) Mend() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.left = Fault{}, 0
	return s.struck
}

// strike returns the name of the fault that spoils an answer for the page or a
// list, and counts it; content says whether the answer has any.
func (s *Site) strike(on string, content bool) string {
	name := s.fault.Name
	switch {
	case s.left == 0, s.fault.On != "" && s.fault.On != on,
		slices.Contains(ListFaults(), name) && (on != OnList || !content),
		slices.Contains(PageFaults(), name) && on != OnPage:
		return ""
	}
	if s.left > 0 {
		s.left--
	}
	s.struck = append(s.struck, Fault{name, on})
	return name
}

const blockPage = `<!DOCTYPE html><html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>
You don't have permission to access this resource on this server.<p>Reference #18.2d3a1702</p></body></html>`

// failed answers with a fault that spoils an answer as such.
func failed(w http.ResponseWriter, r *http.Request, fault string) bool {
	switch fault {
	case "block": // a refusal dressed as success
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, blockPage)
	case "403":
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, blockPage)
	case "404":
		http.NotFound(w, r)
	case "429":
		w.Header().Set("Retry-After", "7")
		http.Error(w, "slow down", http.StatusTooManyRequests)
	case "503":
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
	case "empty":
		w.WriteHeader(http.StatusOK)
	case "hang":
		<-r.Context().Done()
	case "reset":
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// spoilAddresses spoils where the page's links lead.
func spoilAddresses(addresses map[string]string, fault string) {
	switch fault {
	case "swap":
		addresses[Participating], addresses[Pending] = addresses[Pending], addresses[Participating]
	case "nolinks":
		clear(addresses)
	case "nopending":
		delete(addresses, Pending)
	case "opaque": // neither an extension nor a date
		for link := range addresses {
			addresses[link] = opaquePath + "4001?list=" + link
		}
	}
}

// spoiledBody is what is sent of a list.
func spoiledBody(body []byte, fault string) []byte {
	switch fault {
	case "truncate":
		return body[:len(body)/2]
	case "garbage":
		return []byte("PK\x03\x04 this is not a workbook")
	}
	return body
}
