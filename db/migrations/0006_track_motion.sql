-- How far a track got from where it was first seen, in sizes of its box, since when it stands where it is, UTC ms, and how
-- far it moved from one point to the next on average, in sizes of its box: far where the frame rate is low for it.
-- Null: a track of before these were measured.
ALTER TABLE tracks ADD COLUMN moved REAL;
ALTER TABLE tracks ADD COLUMN still_since_ms INTEGER;
ALTER TABLE tracks ADD COLUMN mean_step REAL;
