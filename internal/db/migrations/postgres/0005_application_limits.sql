-- +goose Up

-- What an application may at most, scopes divided by blanks (empty: all), and how
-- long its tokens live, seconds (0: as long as the installation's).
ALTER TABLE application ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE application ADD COLUMN token_ttl BIGINT NOT NULL DEFAULT 0;
