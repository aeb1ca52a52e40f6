-- Standing rules. One that was deleted is marked, so that its firings can still be told.
CREATE TABLE watches (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  camera INTEGER NOT NULL REFERENCES cameras,
  definition TEXT NOT NULL CHECK (json_valid(definition)), -- src/watches/definition.ts
  created_ms INTEGER NOT NULL,
  removed_ms INTEGER
) STRICT;

CREATE TABLE firings (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  watch INTEGER NOT NULL REFERENCES watches,
  camera INTEGER NOT NULL REFERENCES cameras,
  time_ms INTEGER NOT NULL, -- when the condition was fulfilled
  since_ms INTEGER NOT NULL, -- since when it had been so
  until_ms INTEGER NOT NULL, -- until when it is known to have been so
  open INTEGER NOT NULL CHECK (open IN (0, 1)), -- whether it goes on, or may within the cooldown
  count INTEGER, -- of occupancy: how many there were
  stored_ms INTEGER NOT NULL -- wall clock
) STRICT;
CREATE INDEX firings_by_watch ON firings (watch, number);
CREATE INDEX firings_by_camera ON firings (camera, time_ms);

-- Who and what a firing rests on. It is no longer there once nothing of that is.
CREATE TABLE firing_tracks (
  firing INTEGER NOT NULL REFERENCES firings ON DELETE CASCADE,
  track INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  PRIMARY KEY (firing, track)
) STRICT, WITHOUT ROWID;
CREATE INDEX firing_tracks_by_track ON firing_tracks (track);
CREATE TABLE firing_events (
  firing INTEGER NOT NULL REFERENCES firings ON DELETE CASCADE,
  event INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
  PRIMARY KEY (firing, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX firing_events_by_event ON firing_events (event);
CREATE TRIGGER firing_tracks_delete AFTER DELETE ON firing_tracks
WHEN NOT EXISTS (SELECT 1 FROM firing_tracks WHERE firing = OLD.firing) BEGIN
  DELETE FROM firings WHERE number = OLD.firing;
END;

-- To whom firings are still to be told, or were. A channel is named by what it is, not by its address.
CREATE TABLE deliveries (
  firing INTEGER NOT NULL REFERENCES firings ON DELETE CASCADE,
  channel TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'given up')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_ms INTEGER NOT NULL, -- wall clock of the next try
  PRIMARY KEY (firing, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (channel, next_ms) WHERE state = 'waiting';
