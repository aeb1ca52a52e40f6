-- Lines and zones that were defined while the station ran, and from where on they are counted at.

ALTER TABLE shapes ADD COLUMN origin TEXT NOT NULL DEFAULT 'config' CHECK (origin IN ('config', 'agent'));
-- The run that went on when it was defined: later runs of the camera are counted, and of this one the tracks that came
-- after. Null: none went on, and the runs that started since are counted. Not a reference, as old runs are deleted.
ALTER TABLE shapes ADD COLUMN run INTEGER;
-- The time of that run's last frame before; null: it had none, and all of it is counted.
ALTER TABLE shapes ADD COLUMN after_ms INTEGER;

-- Who was in view when a shape was defined in the middle of a run. The event engine leaves them out at that shape, so
-- what they did there is told from their trajectories.
CREATE TABLE shape_early_tracks (
  shape INTEGER NOT NULL REFERENCES shapes,
  track INTEGER NOT NULL REFERENCES tracks ON DELETE CASCADE,
  PRIMARY KEY (shape, track)
) STRICT, WITHOUT ROWID;
CREATE INDEX shape_early_tracks_by_track ON shape_early_tracks (track);
