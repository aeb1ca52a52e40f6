-- Times are UTC milliseconds, picture coordinates 0-1 unless a column says otherwise.
-- AUTOINCREMENT where a number is handed out as evidence: a number once given never means something else.

CREATE TABLE cameras (
  number INTEGER PRIMARY KEY CHECK (number < 32768), -- part of a coordinate of segment_extents
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  source TEXT NOT NULL, -- for people to read; never with credentials
  created_ms INTEGER NOT NULL,
  removed_ms INTEGER, -- since when the configuration no longer has it
  blur_people INTEGER NOT NULL DEFAULT 0 CHECK (blur_people IN (0, 1)), -- in pictures that are shown
  scale TEXT CHECK (json_valid(scale)) -- four places in the picture and on the ground; null: speeds are not known
) STRICT;

-- The ways between cameras, as configured.
CREATE TABLE links (
  from_camera INTEGER NOT NULL REFERENCES cameras,
  to_camera INTEGER NOT NULL REFERENCES cameras,
  min_seconds REAL NOT NULL,
  max_seconds REAL NOT NULL CHECK (max_seconds >= min_seconds),
  PRIMARY KEY (from_camera, to_camera)
) STRICT, WITHOUT ROWID;

-- One row per definition of a line or zone. Another geometry is another row, so that an event always says what it
-- was counted at.
CREATE TABLE shapes (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  camera INTEGER NOT NULL REFERENCES cameras,
  id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('line', 'zone')),
  name TEXT NOT NULL,
  geometry TEXT NOT NULL CHECK (json_valid(geometry)),
  dwell_ms INTEGER,
  defined_ms INTEGER NOT NULL,
  retired_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX shapes_current ON shapes (camera, id) WHERE retired_ms IS NULL;
CREATE INDEX shapes_by_id ON shapes (camera, id, number);

CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  camera INTEGER NOT NULL REFERENCES cameras,
  source TEXT NOT NULL,
  detector TEXT NOT NULL,
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  started_ms INTEGER NOT NULL, -- wall clock
  media_start_ms INTEGER NOT NULL, -- the UTC time that media time 0 stands for
  aspect REAL CHECK (aspect > 0), -- width of the picture by its height; not known before the first one
  updated_ms INTEGER NOT NULL, -- wall clock of the last commit
  ended_ms INTEGER,
  end_reason TEXT CHECK (end_reason IN ('finished', 'stopped', 'failed', 'crashed')),
  last_frame INTEGER NOT NULL DEFAULT -1, -- nothing up to it is ever accepted again
  last_media_ms REAL,
  last_time_ms INTEGER,
  CHECK ((ended_ms IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE INDEX runs_by_camera ON runs (camera, number);

CREATE TABLE stills (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  camera INTEGER NOT NULL REFERENCES cameras,
  time_ms INTEGER NOT NULL,
  path TEXT NOT NULL, -- relative to the stills folder
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  UNIQUE (camera, time_ms)
) STRICT;

-- Of all stills together: adding them up each time would take too long.
CREATE TABLE still_bytes (bytes INTEGER NOT NULL) STRICT;
INSERT INTO still_bytes VALUES (0);
CREATE TRIGGER stills_insert AFTER INSERT ON stills BEGIN UPDATE still_bytes SET bytes = bytes + NEW.bytes; END;
CREATE TRIGGER stills_update AFTER UPDATE OF bytes ON stills BEGIN
  UPDATE still_bytes SET bytes = bytes - OLD.bytes + NEW.bytes;
END;
CREATE TRIGGER stills_delete AFTER DELETE ON stills BEGIN UPDATE still_bytes SET bytes = bytes - OLD.bytes; END;

CREATE TABLE tracks (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run INTEGER NOT NULL, -- of runs; checked by those who delete runs, as an index for it would cost a lot
  camera INTEGER NOT NULL REFERENCES cameras,
  label TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  points INTEGER NOT NULL, -- that it was given; fewer are stored
  max_confidence REAL NOT NULL,
  best_still INTEGER REFERENCES stills ON DELETE SET NULL,
  ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT;
CREATE INDEX tracks_by_camera ON tracks (camera, first_ms);
CREATE INDEX tracks_open ON tracks (run) WHERE ended = 0;
CREATE INDEX tracks_by_still ON tracks (best_still) WHERE best_still IS NOT NULL;

-- A stretch of a track; src/store/trajectory.ts gives the layout of data. A segment that continues another begins with
-- that one's last point. The n-th segment of a track has the number track * 2^20 + n: that is all the index they need.
CREATE TABLE segments (
  number INTEGER PRIMARY KEY,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE TRIGGER tracks_delete AFTER DELETE ON tracks BEGIN
  DELETE FROM segments WHERE number >= OLD.number << 20 AND number < (OLD.number + 1) << 20;
END;

-- Where and when a segment's anchors were, as src/store/extent.ts rounds them: outward, so that nothing is missed.
CREATE VIRTUAL TABLE segment_extents USING rtree_i32 (segment, time_min, time_max, x_min, x_max, y_min, y_max);
CREATE TRIGGER segments_delete AFTER DELETE ON segments BEGIN
  DELETE FROM segment_extents WHERE segment = OLD.number;
END;

CREATE TABLE events (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  camera INTEGER NOT NULL REFERENCES cameras,
  shape INTEGER NOT NULL REFERENCES shapes,
  track INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  type TEXT NOT NULL CHECK (type IN ('crossing', 'enter', 'exit', 'dwell')),
  direction TEXT CHECK (direction IN ('forward', 'backward')),
  label TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  duration_ms INTEGER,
  x1 REAL NOT NULL,
  y1 REAL NOT NULL,
  x2 REAL NOT NULL,
  y2 REAL NOT NULL,
  confidence REAL NOT NULL,
  still INTEGER REFERENCES stills ON DELETE SET NULL,
  CHECK ((type = 'crossing') = (direction IS NOT NULL))
) STRICT;
CREATE INDEX events_by_time ON events (time_ms);
CREATE INDEX events_by_camera ON events (camera, time_ms);
CREATE INDEX events_by_shape ON events (shape, time_ms);
CREATE INDEX events_by_track ON events (track);
CREATE INDEX events_by_still ON events (still) WHERE still IS NOT NULL;

-- What a track looked like at a moment.
CREATE TABLE appearances (
  number INTEGER PRIMARY KEY,
  track INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  time_ms INTEGER NOT NULL,
  descriptor TEXT NOT NULL, -- only vectors of the same one can be compared
  quality REAL NOT NULL CHECK (quality BETWEEN 0 AND 1),
  vector BLOB NOT NULL -- float32, little-endian, of length 1
) STRICT;
CREATE INDEX appearances_by_track ON appearances (track);
CREATE INDEX appearances_by_time ON appearances (time_ms);

-- What a user said of two tracks. Who is who is never stored, only told: it follows from these and what was seen.
CREATE TABLE corrections (
  track_a INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  track_b INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  same INTEGER NOT NULL CHECK (same IN (0, 1)),
  made_ms INTEGER NOT NULL,
  PRIMARY KEY (track_a, track_b),
  CHECK (track_a < track_b)
) STRICT, WITHOUT ROWID;
CREATE INDEX corrections_by_b ON corrections (track_b);

-- Intervals really analysed. A row stays within one minute of the clock, so that the frames of any window can be
-- told; readers join rows. to_ms is one past the last frame's time.
CREATE TABLE coverage (
  number INTEGER PRIMARY KEY,
  camera INTEGER NOT NULL REFERENCES cameras,
  run INTEGER NOT NULL REFERENCES runs,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  dropped INTEGER NOT NULL,
  CHECK (to_ms > from_ms AND to_ms - from_ms <= 60000)
) STRICT;
CREATE INDEX coverage_by_camera ON coverage (camera, from_ms);
CREATE INDEX coverage_by_run ON coverage (run);
