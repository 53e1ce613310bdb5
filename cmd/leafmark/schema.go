package main

import (
	"github.com/spf13/cobra"

	"github.com/leafmark/leafmark/omr/markup"
)

func newSchema() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of form sources",
		Long: `Print the JSON Schema (draft 2020-12) of form sources in JSON markup: every element
and attribute with type, range, default and a sentence. Editors that know it
complete and check while you write. A server has it at /schemas/form.json, without
credentials.`,
		Example: `  leafmark schema -o form.schema.json

In the settings of VS Code, for all sources that are called NAME.form.json:
  "json.schemas": [{"fileMatch": ["*.form.json"], "url": "./form.schema.json"}]`,
		Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return output(cmd, out, markup.JSONSchema()) },
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write to (default: stdout)")
	return cmd
}
