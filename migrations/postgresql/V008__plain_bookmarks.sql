-- Bookmarks are no longer signed, because a forged one only makes its own sender wait. The random bytes that signed them identify the
-- history from now on, so that bookmarks of a database that a dump was restored into differ from those of the dumped one.
ALTER TABLE history RENAME COLUMN secret TO id;
