export default {
  base: './',
  // The development server must leave the package where it is, for its worker to be found.
  optimizeDeps: { exclude: ['peerlight'] },
};
