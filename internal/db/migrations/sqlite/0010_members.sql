-- +goose Up

-- Six roles in place of two. A member could change applications: that is a
-- developer now. A column's own CHECK goes with the column.
ALTER TABLE user ADD COLUMN role_of TEXT NOT NULL DEFAULT 'auditor'
    CHECK (role_of IN ('owner', 'admin', 'developer', 'operator', 'reviewer', 'auditor'));
UPDATE user SET role_of = CASE role WHEN 'owner' THEN 'owner' ELSE 'developer' END;
ALTER TABLE user DROP COLUMN role;
ALTER TABLE user RENAME COLUMN role_of TO role;

-- Where a person is signed in, how, and when the person last proved who it is.
ALTER TABLE user_session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE user_session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE user_session ADD COLUMN how TEXT NOT NULL DEFAULT 'password';
ALTER TABLE user_session ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;

-- People who may join, by a link that works once. One for an address.
CREATE TABLE user_invitation (
    hash       BLOB PRIMARY KEY,
    tenant_id  TEXT NOT NULL REFERENCES tenant (id),
    email      TEXT NOT NULL,
    email_key  TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'operator', 'reviewer', 'auditor')),
    invited_by TEXT REFERENCES user (id) ON DELETE CASCADE, -- none: the operator; who is gone invites nobody
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    UNIQUE (tenant_id, email_key)
) WITHOUT ROWID;
CREATE INDEX user_invitation_by ON user_invitation (invited_by);
