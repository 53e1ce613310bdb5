-- +goose Up

-- An application may prove who it is by a key of its own instead of a secret: then
-- jwk holds the public key and mac nothing that any secret has.
ALTER TABLE application_secret ADD COLUMN jwk TEXT NOT NULL DEFAULT '';

-- Assertions that were used (RFC 7523 3): none is good twice.
CREATE TABLE used_assertion (
    client_id TEXT NOT NULL,
    jti       TEXT NOT NULL,
    expires   BIGINT NOT NULL,
    PRIMARY KEY (client_id, jti)
);
CREATE INDEX used_assertion_expires ON used_assertion (expires);
