package token

import (
	"encoding/json"
	"strings"
)

// claims of an access token: spec/api.md 2.5, RFC 9068 2.2.
type claims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"` // = client_id
	ClientID  string   `json:"client_id"`
	Audience  texts    `json:"aud"`
	Scope     blankSep `json:"scope"`
	IssuedAt  int64    `json:"iat"` // seconds
	NotBefore int64    `json:"nbf"`
	Expires   int64    `json:"exp"`
	ID        string   `json:"jti"`
	Tenant    string   `json:"tenant"`
	// Secret is the serial of the secret the token was got with: what is refused
	// when that secret stops. iat cannot tell: its second may hold tokens of both,
	// and during an overlap both secrets get tokens.
	Secret int `json:"secret"`
}

// texts is a JSON array of texts, or one text for a single one (RFC 7519 4.1.3).
type texts []string

// UnmarshalJSON reads both forms.
func (t *texts) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*t = make(texts, 1)
		return json.Unmarshal(data, &(*t)[0])
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// blankSep is a text separated by blanks (RFC 9068), or the original's array.
type blankSep []string

// MarshalJSON writes the text.
func (b blankSep) MarshalJSON() ([]byte, error) { return json.Marshal(strings.Join(b, " ")) }

// UnmarshalJSON reads both forms.
func (b *blankSep) UnmarshalJSON(data []byte) error {
	var all texts
	if err := all.UnmarshalJSON(data); err != nil {
		return err
	}
	*b = nil
	for _, x := range all {
		*b = append(*b, strings.Fields(x)...)
	}
	return nil
}
