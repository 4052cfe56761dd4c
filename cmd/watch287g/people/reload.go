package people

import (
	"reflect"
	"strings"

	"github.com/watch287g/watch287g/config"
)

// KeepUntilRestart puts back what of the readers cannot change while the service runs,
// and names it: all but when too many bounces stop mails, and an address.
func KeepUntilRestart(before *config.Readers, now **config.Readers) (keys []string) {
	if (before == nil) != (*now == nil) {
		*now = before
		return []string{"readers"}
	}
	if before == nil {
		return nil
	}
	kept, read := *before, **now
	kept.Breaker, kept.Bounces.Soft = read.Breaker, read.Bounces.Soft
	was, is := reflect.ValueOf(kept), reflect.ValueOf(read)
	for i := range was.NumField() {
		if !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
			key, _, _ := strings.Cut(was.Type().Field(i).Tag.Get("yaml"), ",")
			keys = append(keys, "readers."+key)
		}
	}
	*now = &kept
	return keys
}

// LinksUntilRestart is a sentence where mails to readers go on leading to another address
// than the site has, and "" where they do not.
func LinksUntilRestart(before, now config.Config) string {
	if now.Readers == nil || before.Web.URL == now.Web.URL {
		return ""
	}
	return "Mails to readers lead to the web.url from before until the service is started again."
}
