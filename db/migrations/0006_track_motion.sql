-- How far a track got from where it was first seen, in sizes of its box, and since when it stands where it is, UTC ms.
-- Null: a track of before these were measured.
ALTER TABLE tracks ADD COLUMN moved REAL;
ALTER TABLE tracks ADD COLUMN still_since_ms INTEGER;
