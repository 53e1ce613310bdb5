-- +goose Up

-- When a secret or key was last accepted; written now and then, not at each use.
ALTER TABLE application_secret ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
