module github.com/watch287g/watch287g

go 1.26

require (
	github.com/PuerkitoBio/goquery v1.13.0
	github.com/xuri/excelize/v2 v2.11.0
)

require (
	github.com/andybalholm/cascadia v1.3.4 // indirect
	github.com/richardlehane/mscfb v1.0.7 // indirect
	github.com/richardlehane/msoleps v1.0.6 // indirect
	github.com/tiendc/go-deepcopy v1.7.2 // indirect
	github.com/xuri/efp v0.0.1 // indirect
	github.com/xuri/nfp v0.0.2-0.20250530014748-2ddeb826f9a9 // indirect
	golang.org/x/crypto v0.55.0 // indirect
	golang.org/x/net v0.58.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)
