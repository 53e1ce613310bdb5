-- +goose Up

-- Facts of the installation: the check value of its master key.
CREATE TABLE installation (
    name  TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE tenant (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE storage (
    id        TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenant (id),
    name      TEXT NOT NULL,
    name_key  TEXT NOT NULL, -- the name without case
    kind      TEXT NOT NULL,
    mode      TEXT NOT NULL,
    created   BIGINT NOT NULL,
    UNIQUE (tenant_id, name_key),
    UNIQUE (id, tenant_id)
);

CREATE TABLE application (
    client_id   TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL REFERENCES tenant (id),
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    storage_id  TEXT, -- none once deleted, so that the storage can be deleted too
    disabled    BIGINT NOT NULL DEFAULT 0, -- when; 0: enabled
    deleted     BIGINT NOT NULL DEFAULT 0, -- when; 0: not
    created     BIGINT NOT NULL,
    version     BIGINT NOT NULL, -- of application_change at the row's last change
    FOREIGN KEY (storage_id, tenant_id) REFERENCES storage (id, tenant_id)
);
CREATE INDEX application_tenant ON application (tenant_id, created);
CREATE INDEX application_version ON application (version);
CREATE INDEX application_storage ON application (storage_id);

-- The secrets of an application: the newest for good, older ones until their overlap ends.
CREATE TABLE application_secret (
    client_id TEXT NOT NULL REFERENCES application (client_id) ON DELETE CASCADE,
    serial    BIGINT NOT NULL, -- from 1; tokens carry it
    mac       BYTEA NOT NULL,
    created   BIGINT NOT NULL,
    until     BIGINT NOT NULL DEFAULT 0, -- valid before; 0: for good
    PRIMARY KEY (client_id, serial)
);

-- One row: how often applications changed, so that other processes see it.
CREATE TABLE application_change (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO application_change (id, version) VALUES (1, 0);

CREATE TABLE "user" (
    id        TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenant (id),
    email     TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE, -- the address without case
    password  TEXT NOT NULL DEFAULT '', -- argon2id in PHC form; empty: signs in by link only
    role      TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    created   BIGINT NOT NULL
);
CREATE INDEX user_tenant ON "user" (tenant_id, email_key);

CREATE TABLE user_session (
    hash    BYTEA PRIMARY KEY, -- the id itself is in the browser only
    user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX user_session_user ON user_session (user_id);
CREATE INDEX user_session_expires ON user_session (expires);

-- Links that work once: to sign in, or (no user) to make the first account.
CREATE TABLE user_link (
    hash    BYTEA PRIMARY KEY,
    user_id TEXT REFERENCES "user" (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX user_link_user ON user_link (user_id);

CREATE TABLE signing_key (
    kid     TEXT PRIMARY KEY,
    alg     TEXT NOT NULL,
    sealed  BYTEA NOT NULL, -- PKCS #8, sealed by the master key with the kid as associated data
    created BIGINT NOT NULL
);

-- Tokens refused before they expire. Ids grow, so that other processes find what is new.
CREATE TABLE revoked_token (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    jti     TEXT NOT NULL UNIQUE,
    expires BIGINT NOT NULL
);
CREATE INDEX revoked_token_expires ON revoked_token (expires);

CREATE TABLE audit (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        BIGINT NOT NULL,
    tenant_id TEXT NOT NULL, -- no reference: the audit outlives what it tells of
    actor     TEXT NOT NULL, -- kind
    actor_id  TEXT NOT NULL,
    action    TEXT NOT NULL,
    object    TEXT NOT NULL,
    detail    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_tenant ON audit (tenant_id, id);

-- A fresh installation can serve at once: one tenant with one storage.
INSERT INTO tenant (id, name, created)
VALUES (replace(gen_random_uuid()::text, '-', ''), 'default', (extract(epoch FROM now()) * 1000)::bigint);
INSERT INTO storage (id, tenant_id, name, name_key, kind, mode, created)
SELECT replace(gen_random_uuid()::text, '-', ''), id, 'internal', 'internal', 'internal', 'keep', created FROM tenant;
