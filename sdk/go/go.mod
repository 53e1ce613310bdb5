module github.com/leafmark/leafmark/sdk/go

go 1.26
