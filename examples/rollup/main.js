import { start } from './app.js';

// The build copies the package's files there.
start({ base: 'peerlight/' });
