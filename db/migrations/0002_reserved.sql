-- Holds the number; the migration that has it takes this file's place.
SELECT 1;
