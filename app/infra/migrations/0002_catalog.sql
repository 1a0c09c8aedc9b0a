-- Published versions of a selling point's catalog, compressed; number 0 is a reading that waits for a person.
CREATE TABLE catalog (
    selling_point TEXT NOT NULL,
    number        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    origin        TEXT NOT NULL,
    entities      INTEGER NOT NULL,
    products      INTEGER NOT NULL,
    changes       INTEGER NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (selling_point, number)
);

-- What the published catalog sells, for looking an order's lines up and for finding by name.
CREATE TABLE item (
    selling_point TEXT NOT NULL,
    kind          TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    name          TEXT NOT NULL,
    price         TEXT,
    available     INTEGER NOT NULL,
    PRIMARY KEY (selling_point, kind, external_id)
) WITHOUT ROWID;

-- What a person said about an id of Sinqro's that the POS does not know.
CREATE TABLE match (
    selling_point TEXT NOT NULL,
    kind          TEXT NOT NULL,
    sinqro_id     TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    PRIMARY KEY (selling_point, kind, sinqro_id)
) WITHOUT ROWID;
