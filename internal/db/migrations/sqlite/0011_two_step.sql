-- +goose Up

-- A second factor: codes of an authenticator (RFC 6238). Sealed by the master key
-- with the account's id as associated data; empty: none.
ALTER TABLE user ADD COLUMN totp BLOB NOT NULL DEFAULT x'';
ALTER TABLE user ADD COLUMN totp_new BLOB NOT NULL DEFAULT x''; -- shown, not confirmed by a code yet
ALTER TABLE user ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0; -- of the last code accepted: none is good twice

CREATE TABLE user_recovery (
    user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    mac     BLOB NOT NULL,
    PRIMARY KEY (user_id, mac)
) WITHOUT ROWID;

-- Sign-ins whose first factor was right and whose code is awaited.
CREATE TABLE user_challenge (
    hash    BLOB PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    how     TEXT NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_challenge_user ON user_challenge (user_id);
CREATE INDEX user_challenge_expires ON user_challenge (expires);
