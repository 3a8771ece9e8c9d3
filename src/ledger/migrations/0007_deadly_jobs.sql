-- How many workers in a row have ended while they did this job: it may be what ends them.
ALTER TABLE jobs ADD COLUMN deaths int NOT NULL DEFAULT 0;
