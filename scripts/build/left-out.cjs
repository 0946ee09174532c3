// Stands in for what dockerode loads at its start and we never use: ssh2 (an engine behind ssh) and gRPC (BuildKit sessions). Together they are
// two thirds of the bundle and most of its start.
module.exports = {};
