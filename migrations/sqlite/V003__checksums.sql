-- What rots on the disk is not to be served: each row says what it should add up to.

-- The CRC-32C of an event and its place; of a session, what never changes of it, and expires_at on top. Rows from before have none.
ALTER TABLE sessions ADD COLUMN checksum INTEGER;
ALTER TABLE events ADD COLUMN checksum INTEGER;
