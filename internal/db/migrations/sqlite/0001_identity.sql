-- +goose Up

-- A version is applied once, also when two processes migrate at the same time.
CREATE UNIQUE INDEX schema_version_once ON goose_db_version (version_id);

-- Facts of the installation: the check value of its master key.
CREATE TABLE installation (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE tenant (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE storage (
    id        TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenant (id),
    name      TEXT NOT NULL,
    name_key  TEXT NOT NULL, -- the name without case
    kind      TEXT NOT NULL,
    mode      TEXT NOT NULL,
    created   INTEGER NOT NULL,
    UNIQUE (tenant_id, name_key),
    UNIQUE (id, tenant_id)
) WITHOUT ROWID;

CREATE TABLE application (
    client_id   TEXT PRIMARY KEY,
    tenant_id   TEXT NOT NULL REFERENCES tenant (id),
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    storage_id  TEXT, -- none once deleted, so that the storage can be deleted too
    disabled    INTEGER NOT NULL DEFAULT 0, -- when; 0: enabled
    deleted     INTEGER NOT NULL DEFAULT 0, -- when; 0: not
    created     INTEGER NOT NULL,
    version     INTEGER NOT NULL, -- of application_change at the row's last change
    FOREIGN KEY (storage_id, tenant_id) REFERENCES storage (id, tenant_id)
) WITHOUT ROWID;
CREATE INDEX application_tenant ON application (tenant_id, created);
CREATE INDEX application_version ON application (version);
CREATE INDEX application_storage ON application (storage_id);

-- The secrets of an application: the newest for good, older ones until their overlap ends.
CREATE TABLE application_secret (
    client_id TEXT NOT NULL REFERENCES application (client_id) ON DELETE CASCADE,
    serial    INTEGER NOT NULL, -- from 1; tokens carry it
    mac       BLOB NOT NULL,
    created   INTEGER NOT NULL,
    until     INTEGER NOT NULL DEFAULT 0, -- valid before; 0: for good
    PRIMARY KEY (client_id, serial)
) WITHOUT ROWID;

-- One row: how often applications changed, so that other processes see it.
CREATE TABLE application_change (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
);
INSERT INTO application_change (id, version) VALUES (1, 0);

CREATE TABLE user (
    id        TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenant (id),
    email     TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE, -- the address without case
    password  TEXT NOT NULL DEFAULT '', -- argon2id in PHC form; empty: signs in by link only
    role      TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    created   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_tenant ON user (tenant_id, email_key);

CREATE TABLE user_session (
    hash    BLOB PRIMARY KEY, -- the id itself is in the browser only
    user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_session_user ON user_session (user_id);
CREATE INDEX user_session_expires ON user_session (expires);

-- Links that work once: to sign in, or (no user) to make the first account.
CREATE TABLE user_link (
    hash    BLOB PRIMARY KEY,
    user_id TEXT REFERENCES user (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_link_user ON user_link (user_id);

CREATE TABLE signing_key (
    kid     TEXT PRIMARY KEY,
    alg     TEXT NOT NULL,
    sealed  BLOB NOT NULL, -- PKCS #8, sealed by the master key with the kid as associated data
    created INTEGER NOT NULL
) WITHOUT ROWID;

-- Tokens refused before they expire. Ids grow, so that other processes find what is new.
CREATE TABLE revoked_token (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    jti     TEXT NOT NULL UNIQUE,
    expires INTEGER NOT NULL
);
CREATE INDEX revoked_token_expires ON revoked_token (expires);

CREATE TABLE audit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
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
VALUES (lower(hex(randomblob(16))), 'default', CAST(unixepoch('subsec') * 1000 AS INTEGER));
INSERT INTO storage (id, tenant_id, name, name_key, kind, mode, created)
SELECT lower(hex(randomblob(16))), id, 'internal', 'internal', 'internal', 'keep', created FROM tenant;
