// Package migrations owns the database's schema: numbered files for goose,
// one text for both engines. They are additive only, so that the program of
// the release before goes on working while a deploy replaces it.
package migrations

import "embed"

// FS holds the migrations, NNN_name.sql.
//
//go:embed *.sql
var FS embed.FS
