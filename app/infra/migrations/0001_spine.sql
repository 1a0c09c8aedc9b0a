-- Times are microseconds since 1970, UTC. Texts of orders are kept as they came.
CREATE TABLE value (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE orders (
    selling_point TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    pos_order_id  TEXT NOT NULL DEFAULT '',
    open          INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,
    record        BLOB NOT NULL,
    PRIMARY KEY (selling_point, order_id)
) WITHOUT ROWID;
CREATE INDEX orders_open ON orders (received_at) WHERE open > 0;
CREATE INDEX orders_received ON orders (received_at);
CREATE INDEX orders_pos ON orders (selling_point, pos_order_id) WHERE pos_order_id <> '';

CREATE TABLE version (
    selling_point TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    number        INTEGER NOT NULL,
    raw           BLOB NOT NULL,
    received_at   INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    source        TEXT NOT NULL
);
CREATE UNIQUE INDEX version_key ON version (selling_point, order_id, number);

CREATE TABLE history (
    sequence      INTEGER PRIMARY KEY,
    selling_point TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    at            INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    origin        TEXT NOT NULL,
    detail        BLOB NOT NULL
);
CREATE INDEX history_key ON history (selling_point, order_id);
CREATE TRIGGER history_is_kept BEFORE UPDATE ON history BEGIN SELECT raise(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_stays BEFORE DELETE ON history BEGIN SELECT raise(ABORT, 'history is append-only'); END;

-- state: 0 waiting, 1 delivered, 2 failed for good, 3 superseded by a later status
CREATE TABLE outbox (
    sequence      INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    selling_point TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    lane          TEXT NOT NULL,
    type          TEXT NOT NULL,
    data          BLOB NOT NULL,
    created_at    INTEGER NOT NULL,
    deliver_by    INTEGER,
    state         INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    due_at        INTEGER NOT NULL,
    lease_until   INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT NOT NULL DEFAULT '',
    done_at       INTEGER
);
CREATE INDEX outbox_lane ON outbox (lane, sequence) WHERE state = 0;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 0;
CREATE INDEX outbox_waiting ON outbox (sequence) WHERE state = 0;

CREATE TABLE due (
    kind          TEXT NOT NULL,
    selling_point TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    at            INTEGER NOT NULL,
    PRIMARY KEY (selling_point, order_id, kind)
) WITHOUT ROWID;
CREATE INDEX due_at ON due (at);

CREATE TABLE answer (
    selling_point TEXT NOT NULL,
    method        TEXT NOT NULL,
    request_id    TEXT NOT NULL,
    at            INTEGER NOT NULL,
    result        BLOB NOT NULL,
    PRIMARY KEY (selling_point, method, request_id)
) WITHOUT ROWID;

CREATE TABLE early_status (
    sequence      INTEGER PRIMARY KEY,
    selling_point TEXT NOT NULL,
    order_id      TEXT NOT NULL,
    at            INTEGER NOT NULL,
    message       BLOB NOT NULL
);
CREATE INDEX early_status_key ON early_status (selling_point, order_id);

CREATE TABLE closing (
    selling_point TEXT NOT NULL,
    id            TEXT NOT NULL,
    closing       BLOB NOT NULL,
    PRIMARY KEY (selling_point, id)
) WITHOUT ROWID;

CREATE TABLE quarantine (sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL, raw BLOB NOT NULL);
