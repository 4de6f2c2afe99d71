-- Bookmarks are no longer signed, because a forged one only makes its own sender wait, so the key that signed them goes.
ALTER TABLE history DROP COLUMN secret;
