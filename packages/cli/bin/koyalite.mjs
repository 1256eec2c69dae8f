#!/usr/bin/env node
// Starts the command line; on an older Node it hands over to the one the repository fetched into `.node/`.
