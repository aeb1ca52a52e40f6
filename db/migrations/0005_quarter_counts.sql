-- How many events and tracks there were, by quarter of an hour: weeks are compared with each other without a look at each
-- event. Kept by triggers, so that whatever stores or deletes an event or a track keeps them right.
CREATE TABLE event_quarters (
  shape INTEGER NOT NULL, -- of shapes
  type TEXT NOT NULL,
  quarter INTEGER NOT NULL, -- time_ms / 900000
  direction TEXT NOT NULL, -- empty: none
  label TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (shape, type, quarter, direction, label)
) STRICT, WITHOUT ROWID;
INSERT INTO event_quarters
  SELECT shape, type, time_ms / 900000, coalesce(direction, ''), label, count(*) FROM events GROUP BY 1, 2, 3, 4, 5;
CREATE TRIGGER events_counted AFTER INSERT ON events BEGIN
  INSERT INTO event_quarters
  VALUES (NEW.shape, NEW.type, NEW.time_ms / 900000, coalesce(NEW.direction, ''), NEW.label, 1)
  ON CONFLICT (shape, type, quarter, direction, label) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER events_uncounted AFTER DELETE ON events BEGIN
  UPDATE event_quarters SET count = count - 1
  WHERE shape = OLD.shape AND type = OLD.type AND quarter = OLD.time_ms / 900000
    AND direction = coalesce(OLD.direction, '') AND label = OLD.label;
  DELETE FROM event_quarters
  WHERE shape = OLD.shape AND type = OLD.type AND quarter = OLD.time_ms / 900000
    AND direction = coalesce(OLD.direction, '') AND label = OLD.label AND count = 0;
END;
DROP INDEX events_by_quarter;

CREATE TABLE track_quarters (
  camera INTEGER NOT NULL, -- of cameras
  quarter INTEGER NOT NULL, -- first_ms / 900000
  label TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (camera, quarter, label)
) STRICT, WITHOUT ROWID;
INSERT INTO track_quarters SELECT camera, first_ms / 900000, label, count(*) FROM tracks GROUP BY 1, 2, 3;
CREATE TRIGGER tracks_counted AFTER INSERT ON tracks BEGIN
  INSERT INTO track_quarters VALUES (NEW.camera, NEW.first_ms / 900000, NEW.label, 1)
  ON CONFLICT (camera, quarter, label) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER tracks_uncounted AFTER DELETE ON tracks BEGIN
  UPDATE track_quarters SET count = count - 1
  WHERE camera = OLD.camera AND quarter = OLD.first_ms / 900000 AND label = OLD.label;
  DELETE FROM track_quarters
  WHERE camera = OLD.camera AND quarter = OLD.first_ms / 900000 AND label = OLD.label AND count = 0;
END;
-- A track's class may turn out to be another one, and its beginning may be deleted for its age.
CREATE TRIGGER tracks_recounted AFTER UPDATE OF label, first_ms ON tracks
WHEN OLD.label <> NEW.label OR OLD.first_ms / 900000 <> NEW.first_ms / 900000
BEGIN
  UPDATE track_quarters SET count = count - 1
  WHERE camera = OLD.camera AND quarter = OLD.first_ms / 900000 AND label = OLD.label;
  DELETE FROM track_quarters
  WHERE camera = OLD.camera AND quarter = OLD.first_ms / 900000 AND label = OLD.label AND count = 0;
  INSERT INTO track_quarters VALUES (NEW.camera, NEW.first_ms / 900000, NEW.label, 1)
  ON CONFLICT (camera, quarter, label) DO UPDATE SET count = count + 1;
END;
DROP INDEX tracks_by_quarter;
