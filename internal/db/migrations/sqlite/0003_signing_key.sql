-- +goose Up

-- The life of a signing key: published when it was made, signs from active until a
-- later one does, verifies before retired (0: not known yet).
ALTER TABLE signing_key ADD COLUMN active INTEGER NOT NULL DEFAULT 0;
ALTER TABLE signing_key ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
UPDATE signing_key SET active = created;

-- One row: how often signing keys changed, so that other processes see it.
CREATE TABLE signing_key_change (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
);
INSERT INTO signing_key_change (id, version) VALUES (1, 1);
