package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/omr"
)

// completeFormats offers the formats that a list does not hold yet.
func completeFormats(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	given := ""
	if i := strings.LastIndexByte(typed, ','); i >= 0 {
		given = typed[:i+1]
	}
	var offers []string
	for _, name := range omr.Formats() {
		if !slices.Contains(strings.Split(given, ","), name) {
			offers = append(offers, given+name)
		}
	}
	return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
}
