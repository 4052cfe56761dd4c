package prose

import "github.com/watch287g/watch287g/roster"

// englishNames holds what other messages are made of: numbers and days, and the names of
// states, counties and models with their articles.
var englishNames = join(englishStates(), map[key]string{
	"language":  "English",
	"thousands": ",",
	"quoted":    `"{text}"`,
	"and":       "{list} and {last}",
	"and.all":   " and ",

	"nation":               "United States",
	"place.state":          "the state",
	"place.district":       "the District",
	"place.territory":      "the territory",
	"state.none":           "No state given",
	"state.in-sentence.":   "no state",
	"state.in-sentence.DC": "the District of Columbia",
	"state.in-sentence.MP": "the Northern Mariana Islands",
	"state.in-sentence.VI": "the Virgin Islands",

	"county":            "{name} County",
	"county.city":       "the city of {name}",
	"county.parish":     "{name} Parish",
	"county.other":      "{name}",
	"county.the":        "{name} County",
	"county.the.city":   "the city of {name}",
	"county.the.parish": "{name} Parish",
	"county.the.other":  "{name}",

	"model.JEM":           "Jail Enforcement Model",
	"model.TFM":           "Task Force Model",
	"model.WSO":           "Warrant Service Officer",
	"model.other":         "Other models",
	"model.cell.JEM":      "Jail Enforcement Model",
	"model.cell.TFM":      "Task Force Model",
	"model.cell.WSO":      "Warrant Service Officer",
	"model.brief.JEM":     "Jail Enforcement",
	"model.brief.TFM":     "Task Force",
	"model.brief.WSO":     "Warrant Service",
	"model.brief.other":   "another model",
	"model.the":           "the {model}",
	"model.the.JEM":       "the Jail Enforcement Model",
	"model.the.TFM":       "the Task Force Model",
	"model.the.WSO":       "the Warrant Service Officer model",
	"cell.by-model.other": "{n} {model}",
	"cell.by-model":       "{n} {model}",
	"agreement":           "{model} agreement|{model} agreements",
	"agreement.other":     "{model} agreement|{model} agreements",
	"agreement.any":       "agreement|agreements",
	"agreement.a":         "a {phrase}",
	"agreement.a.vowel":   "an {phrase}",
	"type.a":              "a {phrase}",
	"type.a.vowel":        "an {phrase}",

	// Days and moments.
	"month.1": "January", "month.2": "February", "month.3": "March", "month.4": "April", "month.5": "May", "month.6": "June",
	"month.7": "July", "month.8": "August", "month.9": "September", "month.10": "October", "month.11": "November", "month.12": "December",
	"month.short.1": "Jan", "month.short.2": "Feb", "month.short.3": "Mar", "month.short.4": "Apr", "month.short.5": "May", "month.short.6": "Jun",
	"month.short.7": "Jul", "month.short.8": "Aug", "month.short.9": "Sep", "month.short.10": "Oct", "month.short.11": "Nov", "month.short.12": "Dec",
	"date":            "{month} {day}, {year}",
	"date.short":      "{month} {day}, {year}",
	"date.yearless":   "{month} {day}",
	"date.cite":       "{year}, {month} {day}",
	"day.or-before":   "{day} or before",
	"moment":          "{date}, {clock} ET",
	"moment.never":    "never",
	"lasting":         "{duration}",
	"lasting.hours":   "an hour|{n} hours",
	"lasting.minutes": "a minute|{n} minutes",
	"every":           "every {duration}",
	"every.hours":     "every hour|every {n} hours",
	"every.minutes":   "every minute|every {n} minutes",
	"clock.am":        "{hour} a.m.",
	"clock.pm":        "{hour} p.m.",
	"clock.midnight":  "midnight",
	"clock.noon":      "noon",
	"span":            "{from} to {to}",
	"span.month":      "{month} {first} to {last}, {year}",
	"span.hours":      "{date}, {from} to {to} ET",
	"span.years":      "{from}, to {to}",
	"days":            "{n} day|{n} days",
	"days.none":       "less than a day",
	"days.at-least":   "at least {days}",
	"since":           "since {date} ({days})",
	"since.at-least":  "since at least {date}",
	"but-for":         "{time}, but for the time {gaps}",
	"spell":           "from {from} to {until}",
	"spell.at-least":  "from at least {from} to {until}",
	"spell.day":       "on {until}",
	"spell.until":     "until {until}",
})

// englishStates names the states as lists do.
func englishStates() map[key]string {
	all := map[key]string{}
	for _, s := range roster.States() {
		all[key("state."+string(s))] = s.Name()
	}
	return all
}
