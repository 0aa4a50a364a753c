// Runs Azurite and stops it cleanly when standard input ends, which the system brings about even if the parent is killed.
// A hard kill would lose what Azurite has acknowledged but not yet saved.
'use strict';

const stop = () => process.kill(process.pid, 'SIGTERM');
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.stdin.resume();

// A killed parent reads no output any more. Azurite says when it has closed a server, and would die of that before it saves the others.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

// Ctrl-C reaches every process of the terminal; only the parent decides when this one ends.
process.on('SIGINT', () => {});
const once = process.once;
process.once = function (event, listener) {
  return event === 'SIGINT' ? this : once.call(this, event, listener);
};

// Azurite closes a server by taking its request listener away and waiting until all connections are idle. A request that comes
// now over a connection kept alive would wait for ever, and with it the server that has yet to save: it is refused instead.
const { Server } = require('http');
const close = Server.prototype.close;
Server.prototype.close = function (done) {
  this.on('request', (request) => request.socket.destroy());
  return close.call(this, done);
};

require('azurite/dist/src/azurite.js');
