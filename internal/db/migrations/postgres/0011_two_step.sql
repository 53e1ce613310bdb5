-- +goose Up

-- A second factor: codes of an authenticator (RFC 6238). Sealed by the master key
-- with the account's id as associated data; empty: none.
ALTER TABLE "user" ADD COLUMN totp BYTEA NOT NULL DEFAULT '';
ALTER TABLE "user" ADD COLUMN totp_new BYTEA NOT NULL DEFAULT ''; -- shown, not confirmed by a code yet
ALTER TABLE "user" ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0; -- of the last code accepted: none is good twice

CREATE TABLE user_recovery (
    user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    mac     BYTEA NOT NULL,
    PRIMARY KEY (user_id, mac)
);

-- Sign-ins whose first factor was right and whose code is awaited.
CREATE TABLE user_challenge (
    hash    BYTEA PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    how     TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX user_challenge_user ON user_challenge (user_id);
CREATE INDEX user_challenge_expires ON user_challenge (expires);
