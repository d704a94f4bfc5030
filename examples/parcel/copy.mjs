import { cp } from 'node:fs/promises';

// Parcel turns the engine's JavaScript into a script of its own kind, so the package's files are served as they are.
await cp('node_modules/peerlight', 'dist/peerlight', { recursive: true });
