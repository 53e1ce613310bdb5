-- Accepted work. Bytes lie in the bucket; here is only what must change together.
-- +goose Up

-- A task is queued, running or final; the checks make a half-made change fail.
CREATE TABLE task (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE,
    tenant          TEXT    NOT NULL,
    client_id       TEXT    NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('generate', 'recognize')),
    status          TEXT    NOT NULL DEFAULT 'queued'
                            CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    due             INTEGER NOT NULL DEFAULT 1 CHECK (due IN (0, 1)), -- 0: waits until due_at for a retry
    due_at          INTEGER NOT NULL,
    attempt         INTEGER NOT NULL DEFAULT 0, -- claims so far; guards every change of a running task
    failures        INTEGER NOT NULL DEFAULT 0, -- attempts that ended in a fault of ours
    losses          INTEGER NOT NULL DEFAULT 0, -- attempts whose process died
    holder          TEXT,                       -- task_holder.id of the process that runs it
    lease_until     INTEGER,
    document        INTEGER NOT NULL DEFAULT 0 CHECK (document IN (0, 1)), -- 1: an outcome document was written
    files           INTEGER NOT NULL DEFAULT 0, -- result files that it lists
    idempotency_key TEXT,
    digest          BLOB,                       -- of the payload, where there is a key
    created         INTEGER NOT NULL,
    finished        INTEGER,
    expires         INTEGER NOT NULL,
    CHECK ((status = 'running') = (holder IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('queued', 'running')) = (finished IS NULL))
) STRICT;

CREATE UNIQUE INDEX task_idempotency ON task (tenant, client_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX task_application ON task (tenant, client_id, seq);
CREATE INDEX task_waiting ON task (tenant, client_id, seq) WHERE status = 'queued' AND due = 1;
CREATE INDEX task_delayed ON task (due_at) WHERE status = 'queued' AND due = 0;
CREATE INDEX task_leased ON task (lease_until) WHERE status = 'running';
CREATE INDEX task_final ON task (expires) WHERE finished IS NOT NULL;

-- Whose turn it is: the application with the fewest running tasks, then the one
-- served longest ago. Kept by triggers, so that no statement can forget it, and
-- small, so that a claim costs the same behind a million tasks.
CREATE TABLE task_turn (
    tenant    TEXT    NOT NULL,
    client_id TEXT    NOT NULL,
    waiting   INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    running   INTEGER NOT NULL DEFAULT 0 CHECK (running >= 0),
    served    INTEGER NOT NULL DEFAULT 0, -- number of its last claim
    PRIMARY KEY (tenant, client_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX task_turn_next ON task_turn (running, served) WHERE waiting > 0;
CREATE INDEX task_turn_served ON task_turn (served);

-- +goose StatementBegin
CREATE TRIGGER task_turn_insert AFTER INSERT ON task BEGIN
    INSERT INTO task_turn (tenant, client_id, waiting, running)
    VALUES (NEW.tenant, NEW.client_id, NEW.status = 'queued' AND NEW.due, NEW.status = 'running')
    ON CONFLICT (tenant, client_id) DO UPDATE
    SET waiting = waiting + excluded.waiting, running = running + excluded.running;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER task_turn_update AFTER UPDATE OF status, due ON task BEGIN
    UPDATE task_turn
    SET waiting = waiting - (OLD.status = 'queued' AND OLD.due) + (NEW.status = 'queued' AND NEW.due),
        running = running - (OLD.status = 'running') + (NEW.status = 'running')
    WHERE tenant = NEW.tenant AND client_id = NEW.client_id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER task_turn_delete AFTER DELETE ON task BEGIN
    UPDATE task_turn
    SET waiting = waiting - (OLD.status = 'queued' AND OLD.due),
        running = running - (OLD.status = 'running')
    WHERE tenant = OLD.tenant AND client_id = OLD.client_id;
END;
-- +goose StatementEnd

-- Processes that run tasks: a later one on the same host can tell at once that a
-- lease's process is gone. Elsewhere the lease runs out.
CREATE TABLE task_holder (
    id      TEXT    PRIMARY KEY,
    host    TEXT    NOT NULL,
    pid     INTEGER NOT NULL,
    started INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
