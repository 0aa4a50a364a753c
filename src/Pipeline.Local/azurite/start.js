// Runs Azurite and stops it cleanly when standard input ends, which the system brings about even if the parent is killed.
// A hard kill would lose what Azurite has acknowledged but not yet saved.
'use strict';

const stop = () => process.kill(process.pid, 'SIGTERM');
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.stdin.resume();

// Ctrl-C reaches every process of the terminal; only the parent decides when this one ends.
process.on('SIGINT', () => {});
const once = process.once;
process.once = function (event, listener) {
  return event === 'SIGINT' ? this : once.call(this, event, listener);
};

require('azurite/dist/src/azurite.js');
