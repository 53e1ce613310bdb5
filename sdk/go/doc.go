// Package leafmark is the Go client of a Leafmark server: it takes a client id
// and secret once and does the rest. The access token is fetched when first
// needed, cached, and renewed before it expires, once for all goroutines.
//
//	client, err := leafmark.New("http://127.0.0.1:8080", clientID, clientSecret)
//	form, err := client.Generate(ctx, leafmark.Form{Markup: source})
//	// print form.Pages, keep form.Pattern, let people fill the sheets, scan them
//	sheets, err := client.Recognize(ctx, leafmark.Scan{Image: photo, Pattern: form.Pattern})
//	for _, a := range sheets[0].Answers {
//		fmt.Println(a.Name, a.Value, a.Confidence, a.Doubt)
//	}
//
// Every call takes a context and returns typed errors: *APIError for a refused
// request, *TaskError for work that could not be done. A Client is safe for
// concurrent use.
package leafmark
