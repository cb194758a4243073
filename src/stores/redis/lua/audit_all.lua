-- Adds an entry to the audit entries of everybody.
--
-- KEYS  1 the stream
-- ARGV  1 the entry, 2 the most to keep, roughly
-- Gives the id of the entry
-- Atomic: nobody sees more than that.
--#include _write

return write('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'entry', ARGV[1])
