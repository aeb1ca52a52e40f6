-- For the weeks that a window is compared with: counts by quarter of an hour straight from an index, in its order. A quarter
-- begins with every hour of every time zone. The expressions must be written so in queries, too.
CREATE INDEX events_by_quarter ON events (shape, type, direction, label, time_ms / 900000);
CREATE INDEX tracks_by_quarter ON tracks (camera, label, first_ms / 900000);
CREATE INDEX coverage_by_quarter ON coverage (camera, from_ms / 900000, to_ms - from_ms);
CREATE INDEX events_of_visits ON events (shape, time_ms, label, duration_ms) WHERE type = 'exit';

-- What users said of findings of flag_anomaly. A finding is told anew by each question: its id says what it was.
CREATE TABLE anomaly_feedback (
  anomaly TEXT PRIMARY KEY,
  camera INTEGER NOT NULL REFERENCES cameras,
  shape TEXT, -- id of a line or zone; null: the whole picture
  family TEXT NOT NULL,
  useful INTEGER NOT NULL CHECK (useful IN (0, 1)),
  made_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What agents or users noticed themselves. The text is theirs.
CREATE TABLE anomaly_notes (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  camera INTEGER NOT NULL REFERENCES cameras,
  time_ms INTEGER NOT NULL,
  text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 500),
  made_by TEXT NOT NULL CHECK (length(made_by) BETWEEN 1 AND 64),
  made_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX anomaly_notes_by_time ON anomaly_notes (camera, time_ms);
