// A worker of one's own: what it does besides, such as setting up a policy, comes before.
import 'peerlight/worker.js';
