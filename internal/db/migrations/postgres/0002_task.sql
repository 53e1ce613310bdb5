-- Accepted work. Bytes lie in the bucket; here is only what must change together.
-- +goose Up

-- A task is queued, running or final; the checks make a half-made change fail.
CREATE TABLE task (
    seq             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    tenant          TEXT    NOT NULL,
    client_id       TEXT    NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('generate', 'recognize')),
    status          TEXT    NOT NULL DEFAULT 'queued'
                            CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    due             BIGINT NOT NULL DEFAULT 1 CHECK (due IN (0, 1)), -- 0: waits until due_at for a retry
    due_at          BIGINT NOT NULL,
    attempt         BIGINT NOT NULL DEFAULT 0, -- claims so far; guards every change of a running task
    failures        BIGINT NOT NULL DEFAULT 0, -- attempts that ended in a fault of ours
    losses          BIGINT NOT NULL DEFAULT 0, -- attempts whose process died
    holder          TEXT,                       -- task_holder.id of the process that runs it
    lease_until     BIGINT,
    document        BIGINT NOT NULL DEFAULT 0 CHECK (document IN (0, 1)), -- 1: an outcome document was written
    files           BIGINT NOT NULL DEFAULT 0, -- result files that it lists
    idempotency_key TEXT,
    digest          BYTEA,                       -- of the payload, where there is a key
    created         BIGINT NOT NULL,
    finished        BIGINT,
    expires         BIGINT NOT NULL,
    CHECK ((status = 'running') = (holder IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('queued', 'running')) = (finished IS NULL))
);

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
    waiting   BIGINT NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    running   BIGINT NOT NULL DEFAULT 0 CHECK (running >= 0),
    served    BIGINT NOT NULL DEFAULT 0, -- number of its last claim
    PRIMARY KEY (tenant, client_id)
);

CREATE INDEX task_turn_next ON task_turn (running, served) WHERE waiting > 0;
CREATE INDEX task_turn_served ON task_turn (served);

-- +goose StatementBegin
CREATE FUNCTION task_turn_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    waited BIGINT := 0;
    ran    BIGINT := 0;
    who    task;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        who := OLD;
        waited := waited - (OLD.status = 'queued' AND OLD.due = 1)::int;
        ran := ran - (OLD.status = 'running')::int;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        who := NEW;
        waited := waited + (NEW.status = 'queued' AND NEW.due = 1)::int;
        ran := ran + (NEW.status = 'running')::int;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO task_turn AS t (tenant, client_id, waiting, running) VALUES (who.tenant, who.client_id, waited, ran)
        ON CONFLICT (tenant, client_id) DO UPDATE SET waiting = t.waiting + waited, running = t.running + ran;
    ELSIF waited <> 0 OR ran <> 0 THEN
        UPDATE task_turn SET waiting = waiting + waited, running = running + ran
        WHERE tenant = who.tenant AND client_id = who.client_id;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER task_turn_changed AFTER INSERT OR DELETE OR UPDATE OF status, due ON task
FOR EACH ROW EXECUTE FUNCTION task_turn_change();

-- Processes that run tasks: a later one on the same host can tell at once that a
-- lease's process is gone. Elsewhere the lease runs out.
CREATE TABLE task_holder (
    id      TEXT    PRIMARY KEY,
    host    TEXT    NOT NULL,
    pid     BIGINT NOT NULL,
    started BIGINT NOT NULL
);
